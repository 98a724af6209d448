"""Find the checkpoint from which a training continues."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from mlpe_mmpose.compat.safe_checkpoints import load_from_local

# Names that CheckpointHook gives by default.
PATTERNS = ('epoch_*.pth', 'iter_*.pth')


def find_newest_checkpoint(
    work_dir: str | Path,
) -> tuple[Path | None, Mapping, dict[Path, str]]:
    """Find the newest checkpoint of a training that can be read.

    The first candidate is the file that ``last_checkpoint`` names. If the
    work folder was copied or renamed, it is the file of this name in the work
    folder. If this file is damaged or missing, all checkpoints beside it and
    in the work folder are tried, the one that was written last first.

    Args:
        work_dir (str | Path): The work folder of the training

    Returns:
        tuple:
        - path (Path, optional): The file; ``None`` if none can be read
        - checkpoint (Mapping): Its content, on the CPU
        - faults (dict[Path, str]): Why each newer file is not read
    """
    faults = {}
    for path in _list_candidates(Path(work_dir)):
        try:
            checkpoint = load_from_local(path, 'cpu')
        except (OSError, ValueError) as error:
            faults[path] = str(error)
            continue
        if 'meta' in checkpoint:
            return path, checkpoint, faults
        faults[path] = f'The checkpoint {str(path)!r} holds weights only.'
    return None, {}, faults


def _list_candidates(work_dir: Path) -> Iterator[Path]:
    """Yield checkpoints, the one that should be continued first."""
    folders = {work_dir}
    last = None
    pointer = work_dir / 'last_checkpoint'
    # A process that is killed while it writes the pointer leaves it empty.
    if pointer.exists() and (name := pointer.read_text().strip()):
        last, own = Path(name), work_dir / Path(name).name
        # the pointer of a copied folder names a file of the other folder
        if (last.parent / pointer.name).exists():
            last = own
        folders.add(last.parent)
        if not last.is_file():
            last = own
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
