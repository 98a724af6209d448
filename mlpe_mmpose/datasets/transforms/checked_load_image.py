"""Load an image, and notice a damaged file."""

import logging

import cv2
import mmcv
import numpy as np
from mmengine import fileio
from mmengine.logging import print_log
from mmpose.datasets.transforms import LoadImage
from mmpose.registry import TRANSFORMS

from ..cut_off_images import MAX_SIDE, is_cut_off


@TRANSFORMS.register_module()
class CheckedLoadImage(LoadImage):
    """Stock :class:`LoadImage` that refuses or leaves out damaged files.

    Differs for a file that is missing, empty, no image, cut off, or so large
    that OpenCV cannot crop it. With OpenCV 4.8 the stock class trains on a
    cut JPEG without an error; with 4.11 it says only that it "failed to
    load". Keys are those of :class:`LoadImage`.

    As in the stock class, OpenCV converts CMYK and 16 bits to 8 bits of BGR,
    and rotates the image as its EXIF tag says. Keypoints have to be in the
    coordinates of the rotated image.

    Args:
        on_bad_image (str): ``'raise'``, or ``'skip'`` to leave out the person
            with a warning and a count. MMEngine then takes a random person
            in its place, so ``'skip'`` is for training only. Defaults to
            ``'raise'``
        **kwargs: Arguments of :class:`LoadImage`. ``ignore_empty`` has no
            effect, since ``on_bad_image`` decides

    Raises:
        ValueError: For another ``on_bad_image``.
        OSError: For a damaged or too large file, if ``on_bad_image`` is
            ``'raise'``.
    """

    def __init__(self, on_bad_image: str = 'raise', **kwargs: object) -> None:
        super().__init__(**kwargs)
        if on_bad_image not in ('raise', 'skip'):
            raise ValueError(
                f"{type(self).__name__} needs on_bad_image='raise' or "
                f"'skip', got {on_bad_image!r}."
            )
        self.on_bad_image = on_bad_image
        self._skipped: set[str] = set()

    def transform(self, results: dict) -> dict | None:
        """Load the image; ``None`` if the person is left out."""
        if 'img' not in results:
            path = results['img_path']
            try:
                results['img'] = self._read(path)
            except (OSError, ValueError, cv2.error) as error:
                if self.on_bad_image == 'skip':
                    self._warn(path, error)
                    return None
                missing = isinstance(error, FileNotFoundError)
                raise (FileNotFoundError if missing else OSError)(
                    f'{type(self).__name__} cannot read img_path={path!r}: '
                    f'{_describe(error)}. Replace the file, or remove its '
                    'annotations, or train without it: set '
                    "on_bad_image='skip' of this transform."
                ) from error
        return super().transform(results)

    def _read(self, path: str) -> object:
        """Return an image (h, w, C) as OpenCV decodes it."""
        if self.file_client_args is None:
            content = fileio.get(path, backend_args=self.backend_args)
        else:
            client = fileio.FileClient.infer_client(
                self.file_client_args, path
            )
            content = client.get(path)
        if not content:
            raise ValueError('the file is empty')
        if is_cut_off(content):
            raise ValueError('the file is cut off, its end is missing')
        image = mmcv.imfrombytes(
            content, flag=self.color_type, backend=self.imdecode_backend
        )
        if image is None:
            raise ValueError('the content is no image')
        if max(image.shape[:2]) > MAX_SIDE:
            height, width = image.shape[:2]
            raise ValueError(
                f'it has {width} x {height} pixels, and OpenCV crops no image '
                f'with a side of more than {MAX_SIDE}'
            )
        # LoadImage does so only with an image that it reads itself
        return image.astype(np.float32) if self.to_float32 else image

    def _warn(self, path: str, error: Exception) -> None:
        """Warn once about each file, with the number of files."""
        if path in self._skipped:
            return
        self._skipped.add(path)
        print_log(
            f'{type(self).__name__} leaves out img_path={path!r}: '
            f'{_describe(error)}. Files left out by this process of the '
            f'loader: {len(self._skipped)}.',
            logger='current',
            level=logging.WARNING,
        )


def _describe(error: Exception) -> str:
    """Return the reason without the path, which the message has already."""
    if isinstance(error, FileNotFoundError):
        return 'the file does not exist'
    return getattr(error, 'strerror', None) or str(error).strip()
