"""A step of a pipeline that runs ahead of its reader."""

import threading
from collections.abc import Iterator

import pytest

from mlpe_mmpose.prefetch import prefetch


def test_the_items_keep_their_order():
    assert list(prefetch(prefetch(range(100), 3), 2)) == list(range(100))


def test_no_more_than_the_size_is_taken_ahead():
    taken = threading.Semaphore(0)
    count = 0

    def items() -> Iterator[int]:
        nonlocal count
        while True:
            count += 1
            taken.release()
            yield count

    ahead = prefetch(items(), 3)
    assert next(ahead) == 1
    # 1 is out, 2 to 4 wait, and 5 is in the thread's hand
    for _ in range(5):
        assert taken.acquire(timeout=10)
    assert not taken.acquire(timeout=0.3)
    ahead.close()
    assert count == 5


def test_the_items_before_an_error_arrive_before_the_error():
    def items() -> Iterator[int]:
        yield 1
        yield 2
        raise OSError('broken')

    ahead = prefetch(prefetch(items(), 1), 1)
    assert [next(ahead), next(ahead)] == [1, 2]
    with pytest.raises(OSError, match='broken'):
        next(ahead)


def test_closing_ends_the_threads_and_the_sources():
    closed = []

    def items() -> Iterator[int]:
        try:
            while True:
                yield 0
        finally:
            closed.append(threading.current_thread().name)

    before = threading.active_count()
    ahead = prefetch(prefetch(items(), 2), 2)
    next(ahead)
    ahead.close()
    assert closed == ['prefetch']
    assert threading.active_count() == before
