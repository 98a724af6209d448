"""Random gains of the colour channels."""

import cv2
import numpy as np
from mmcv.transforms import BaseTransform
from mmcv.transforms.utils import cache_randomness
from mmpose.registry import TRANSFORMS


@TRANSFORMS.register_module()
class RandomChannelGain(BaseTransform):
    """Multiply every colour channel by a random factor of its own.

    The colour augmentation of MLPE's release. Stock transforms change all
    channels alike, or permute them (:class:`PhotometricDistortion`).

    Required Keys:

        - img: (h, w, C), or (h, w) if it is loaded as gray, uint8

    Modified Keys:

        - img

    Args:
        gain_range (tuple): Least and greatest factor, drawn uniformly.
            Defaults to (0.8, 1.2), the release's

    Raises:
        ValueError: If the range is not ordered, or negative.
    """

    def __init__(self, gain_range: tuple[float, float] = (0.8, 1.2)) -> None:
        super().__init__()
        if not 0 <= gain_range[0] <= gain_range[1]:
            raise ValueError(
                f'{self.__class__.__name__} needs gain_range to be two '
                f'ordered factors of at least 0, got gain_range={gain_range}.'
            )
        self.gain_range = tuple(gain_range)

    @cache_randomness
    def _random_gains(self, channels: int) -> np.ndarray:
        """Draw one factor for each channel."""
        return np.random.uniform(*self.gain_range, channels)

    def transform(self, results: dict) -> dict:
        """Scale the channels in float32, round half to even, clip to 255."""
        img = results['img']
        assert img.dtype == np.uint8, (
            f'{self.__class__.__name__} scales images of uint8, got '
            f'{img.dtype}. Leave out to_float32 of LoadImage.'
        )
        # OpenCV scales single channels faster than it looks up all three.
        planes = cv2.split(img)
        gains = self._random_gains(len(planes))
        planes = [
            cv2.convertScaleAbs(plane, alpha=gain)
            for plane, gain in zip(planes, gains, strict=True)
        ]
        # OpenCV drops the channel axis of an image with one channel.
        results['img'] = cv2.merge(planes).reshape(img.shape)
        return results

    def __repr__(self) -> str:
        """Name the class and its arguments."""
        return f'{self.__class__.__name__}(gain_range={self.gain_range})'
