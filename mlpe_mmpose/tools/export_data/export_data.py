"""From predictions to the files of other tools."""

from collections.abc import Callable
from pathlib import Path

from mlpe_mmpose.optional import require

from ..output_file import write_then_check


def export_data(
    results: str | Path,
    ann_file: str | Path,
    out: str | Path,
    images: str | Path,
    format: str | None = None,
    min_score: float = 0.0,
    say: Callable[[str], None] = print,
) -> Path:
    """Write predicted poses so that they open in another tool.

    sleap-io writes them: a file of SLEAP or NWB with the scores; or labels
    without scores, to be corrected, for Label Studio, DeepLabCut, YOLO-pose
    or what reads COCO.

    Args:
        results (str | Path): Poses in COCO's result format, with ``track_id``
            where animals have an identity
        ann_file (str | Path): COCO file with the images and the names of the
            keypoints
        out (str | Path): The new file; a folder for ``'dlc'`` and
            ``'ultralytics'``
        images (str | Path): Folder of the images
        format (str, optional): ``'slp'``, ``'nwb'``, ``'labelstudio'``,
            ``'ultralytics'``, ``'coco'`` or ``'dlc'``. Defaults to that of
            the suffix
        min_score (float): Keypoints of a lower score are left out, and poses
            without another keypoint. Defaults to 0
        say (callable): Takes notes. Defaults to ``print``

    Returns:
        Path: ``out``.

    Raises:
        MissingPackageError: If sleap-io is not installed.
        OSError: If a file is missing, or ``out`` exists.
        ValueError: If a file has another format, both do not fit, or the
            format cannot hold the poses. Nothing is written.
    """
    require('sleap_io', 'export-data')
    from .formats import BY_SUFFIX, BY_TRACKS, FORMATS, require_identities
    from .results import read_labels

    # absolute, because the written file names the images by their paths
    out, images = Path(out).resolve(), Path(images).resolve()
    format = format or BY_SUFFIX.get(out.suffix)
    if format not in FORMATS:
        raise ValueError(
            f'export_data needs format to be one of {", ".join(FORMATS)}, got '
            f'format={format!r} for {out.name}. Give one with --format.'
        )
    if out.exists():
        raise FileExistsError(f'{out} exists. Name a new file or folder.')
    # NWB has no pixels, and tells videos apart by the names of folders
    by_size = format != 'nwb'
    labels = read_labels(
        Path(results), Path(ann_file), images, min_score, by_size
    )
    if format in BY_TRACKS:
        require_identities(labels, BY_TRACKS[format])
    out.parent.mkdir(parents=True, exist_ok=True)
    with write_then_check(out) as unproven:
        notes = FORMATS[format](labels, str(unproven)) or []
    poses = sum(len(frame) for frame in labels)
    say(f'{poses} poses in {len(labels)} images are written to {out}')
    for note in notes:
        say(note)
    return out
