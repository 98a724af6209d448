"""Say what to change where a run ends for want of memory or of a disk.

PyTorch's and Python's messages name neither the setting that would help nor
the checkpoint that is left.
"""

import errno
import functools
from collections.abc import Callable

from mmengine.runner import Runner

# A part of the message of an error, and what helps.
ADVICE = {
    # an error of a transform says "in DataLoader worker process 0"
    'DataLoader worker (pid': (
        'A process of the data loader was killed, which the system does where '
        'memory is short. Set a smaller num_workers or batch_size of the '
        'data loader'
    ),
    "can't allocate memory": (
        'The memory is full. Set a smaller batch_size or num_workers of the '
        'data loader'
    ),
    'out of memory': (
        "The device's memory is full. Set a smaller batch_size of the data "
        'loader, or train in less memory as docs/speed.md says'
    ),
}
NOT_WRITABLE = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC)


def install() -> None:
    """Let MMEngine's runner explain these errors; once is enough."""
    if hasattr(Runner.train, '__wrapped__'):
        return
    for name in ('train', 'val', 'test'):
        setattr(Runner, name, _explain_memory(getattr(Runner, name)))
    Runner.__init__ = _explain_folder(Runner.__init__)


def _explain_memory(original: Callable) -> Callable:
    """Return a method of the runner that explains a lack of memory."""

    @functools.wraps(original)
    def run(self: Runner) -> object:
        try:
            return original(self)
        except (RuntimeError, MemoryError) as error:
            text = str(error).strip().partition('\n')[0]
            helps = [ADVICE[part] for part in ADVICE if part in text]
            if isinstance(error, MemoryError):
                helps.append(ADVICE["can't allocate memory"])
            if not helps:
                raise
            last = self.message_hub.runtime_info.get('last_ckpt')
            if last:
                text += f'). (--resume continues from {last}'
            raise RuntimeError(f'{helps[0]}. ({text})') from error

    return run


def _explain_folder(original: Callable) -> Callable:
    """Return an ``__init__`` that explains a folder without permission."""

    @functools.wraps(original)
    def __init__(self, *args: object, **kwargs: object) -> None:  # noqa: N807
        try:
            original(self, *args, **kwargs)
        except OSError as error:
            if error.errno not in NOT_WRITABLE:
                raise
            raise OSError(
                error.errno,
                f'{error.strerror}. Set work_dir (--work-dir) to a folder '
                'that can be written. The path was',
                error.filename,
            ) from error

    return __init__
