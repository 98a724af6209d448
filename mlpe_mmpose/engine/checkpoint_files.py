"""Find the checkpoint from which a training continues."""

import pickle
from collections.abc import Iterator, Mapping
from pathlib import Path

import torch

# What PyTorch's safe loader raises for a file that it cannot read.
READ_ERRORS = (pickle.UnpicklingError, RuntimeError, EOFError, OSError)
# Names that CheckpointHook gives by default.
PATTERNS = ('epoch_*.pth', 'iter_*.pth')


def find_newest_checkpoint(
    work_dir: str | Path,
) -> tuple[Path | None, Mapping, dict[Path, str]]:
    """Find the newest checkpoint of a training that can be read.

    The first candidate is the file that ``last_checkpoint`` names. If this
    file is damaged or missing, all checkpoints beside it and in the work
    folder are tried, the one that was written last first.

    Args:
        work_dir (str | Path): The work folder of the training

    Returns:
        tuple:
        - path (Path, optional): The file; ``None`` if none can be read
        - checkpoint (Mapping): Its content, on the CPU
        - faults (dict[Path, str]): What is wrong with each newer file
    """
    faults = {}
    for path in _list_candidates(Path(work_dir)):
        try:
            checkpoint = torch.load(path, 'cpu', weights_only=True)
        except READ_ERRORS as error:
            faults[path] = first_line(error)
            continue
        if isinstance(checkpoint, Mapping) and 'meta' in checkpoint:
            return path, checkpoint, faults
        faults[path] = 'it holds weights only'
    return None, {}, faults


def first_line(error: BaseException) -> str:
    """Return the first line of an error's message."""
    return str(error).strip().partition('\n')[0] or type(error).__name__


def _list_candidates(work_dir: Path) -> Iterator[Path]:
    """Yield checkpoints, the one that should be continued first."""
    folders = {work_dir}
    last = None
    pointer = work_dir / 'last_checkpoint'
    # A process that is killed while it writes the pointer leaves it empty.
    if pointer.exists() and (name := pointer.read_text().strip()):
        last = Path(name)
        folders.add(last.parent)
        if last.is_file():
            yield last
    others = {
        path
        for folder in folders
        for pattern in PATTERNS
        for path in folder.glob(pattern)
    }
    for path in sorted(others, key=lambda p: p.stat().st_mtime, reverse=True):
        if last is None or not last.exists() or not path.samefile(last):
            yield path
