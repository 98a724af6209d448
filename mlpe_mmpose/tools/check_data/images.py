"""Checks that images can be read, without decoding them."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from PIL import Image

from mlpe_mmpose.tools.read_image import decode_image, is_turned, read_image

from .finding import Finding

# the last bytes of a JPEG, and how far from the end: some cameras write on
END_OF_JPEG, END = b'\xff\xd9', 4096


def check_images(
    images: Sequence[dict], folder: str | Path
) -> Iterator[Finding]:
    """Find images that are missing, unreadable, or of another size.

    Args:
        images (Sequence[dict]): Images of an annotation file, without a fault
        folder (str | Path): Where their files are
    """
    paths = [Path(folder, image['file_name']) for image in images]
    # the threads wait for files
    with ThreadPoolExecutor() as pool:
        problems = list(pool.map(_check_image, images, paths))
    found = {}
    for path, problem in zip(paths, problems, strict=True):
        if problem:
            what, details = problem
            found.setdefault(what, []).append(f'{path}{details}')
    for what, cases in found.items():
        yield Finding(True, len(cases), f'images {what}', cases[0])


def _check_image(image: dict, path: Path) -> tuple[str, str] | None:
    """Return what is wrong with an image, and details."""
    try:
        with path.open('rb') as file, Image.open(file) as header:
            width, height = header.size
            if is_turned(header):
                # which formats OpenCV turns depends on its version
                height, width = read_image(path).shape[:2]
            file.seek(max(0, path.stat().st_size - END))
            end = file.read()
            is_cut = header.format == 'JPEG' and END_OF_JPEG not in end
    except FileNotFoundError:
        return 'are missing', ''
    except Exception as error:
        # PIL reads fewer formats than OpenCV, with which MMPose reads
        if decode_image(path.read_bytes()) is None:
            return 'cannot be read', f' ({type(error).__name__}: {error})'
        return None
    if is_cut:
        return 'are cut off', ''
    if (width, height) != (image['width'], image['height']):
        sizes = f'{width} x {height}, not {image["width"]} x {image["height"]}'
        return 'have another size than the annotations say', f' has {sizes}'
    return None
