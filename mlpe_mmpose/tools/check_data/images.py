"""Checks that images can be read, without decoding most of them."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from PIL import Image

from mlpe_mmpose.datasets.cut_off_images import MAX_SIDE, is_cut_off
from mlpe_mmpose.tools.read_image import decode_image, is_turned

from .finding import Finding

# How an image ends, and how far from the end of the file: some cameras write
# on. PIL reads a WebP as a whole, and so knows by itself that it is cut off.
MARKS, END = {'JPEG': b'\xff\xd9', 'PNG': b'IEND', 'WEBP': b''}, 4096


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
    size, details = None, ''
    try:
        with path.open('rb') as file, Image.open(file) as header:
            file.seek(max(0, path.stat().st_size - END))
            mark = MARKS.get(header.format)
            is_whole = mark is not None and mark in file.read()
            # which formats OpenCV turns depends on its version
            if is_whole and not is_turned(header):
                size = header.size
    except (FileNotFoundError, IsADirectoryError):
        return 'are missing', ''
    except Exception as error:
        details = f' ({type(error).__name__}: {error})'
    if size is None:
        try:
            content = path.read_bytes()
        except OSError as error:
            return 'cannot be read', f' ({error.strerror})'
        # as MMPose reads it, which knows other formats than PIL
        if is_cut_off(content):
            return 'are cut off', ''
        picture = decode_image(content)
        if picture is None:
            return 'cannot be read', details
        size = picture.shape[1::-1]
    if max(size) > MAX_SIDE:
        return f'have a side of more than {MAX_SIDE} pixels', ''
    if size != (image['width'], image['height']):
        width, height = size
        sizes = f'{width} x {height}, not {image["width"]} x {image["height"]}'
        return 'have another size than the annotations say', f' has {sizes}'
    return None
