"""Overlaps the steps of a pipeline, one thread for each step."""

import queue
import threading
from collections.abc import Iterable, Iterator
from typing import Any

_END = object()
# our choice: how often a waiting thread looks whether it should stop
_PATIENCE = 0.1  # seconds


class _Failure:
    """Carries an exception from a thread to the thread that reads."""

    def __init__(self, error: BaseException) -> None:
        self.error = error


def prefetch(items: Iterable[Any], size: int) -> Iterator[Any]:
    """Yield the items, which another thread takes ahead of the reader.

    Several in a row make a pipeline: each step runs in a thread of its own,
    and a slow step holds back the others, because at most ``size`` items wait
    between two steps.

    Closing the iterator, as the end of a ``for`` loop's generator or an
    exception does, stops the thread after its current item, and closes
    ``items``.

    Args:
        items (Iterable): Items, taken in the other thread only
        size (int): Largest number of items that wait

    Yields:
        Any: The items, in their order.

    Raises:
        Exception: What ``items`` raises, after the items before.
    """
    waiting: queue.Queue = queue.Queue(size)
    stop = threading.Event()

    def put(item: object) -> bool:
        while not stop.is_set():
            try:
                waiting.put(item, timeout=_PATIENCE)
                return True
            except queue.Full:
                continue
        return False

    def work() -> None:
        source = iter(items)
        try:
            for item in source:
                if not put(item):
                    break
            else:
                put(_END)
        except BaseException as error:
            put(_Failure(error))
        finally:
            if hasattr(source, 'close'):
                source.close()

    thread = threading.Thread(target=work, name='prefetch', daemon=True)
    thread.start()
    try:
        while (item := waiting.get()) is not _END:
            if isinstance(item, _Failure):
                raise item.error
            yield item
    finally:
        stop.set()
        thread.join()
