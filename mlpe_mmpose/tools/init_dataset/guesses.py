"""What names of keypoints tell: halves of the body, sigmas."""

import functools
import statistics

from mmpose.datasets import CocoDataset
from mmpose.datasets.datasets.utils import parse_pose_metainfo

from mlpe_mmpose.annotations.sides import split_words

# of people and animals, below the middle of the body
LOWER = {'hip', 'knee', 'ankle', 'foot', 'feet', 'leg', 'thigh', 'shin'}
LOWER |= {'toe', 'heel', 'paw', 'hock', 'hoof', 'tail', 'croup'}


def guess_half(name: str) -> str:
    """Return ``'lower'`` or ``'upper'``, for half-body augmentation."""
    return 'upper' if LOWER.isdisjoint(split_words(name)) else 'lower'


def guess_sigma(name: str) -> tuple[float, str]:
    """Return the tolerance of OKS, and where it comes from."""
    sigmas, words = _read_coco_sigmas(), split_words(name)
    if words in sigmas:
        return sigmas[words], "COCO's of this name"
    return round(statistics.mean(sigmas.values()), 3), "guessed: COCO's mean"


@functools.cache
def _read_coco_sigmas() -> dict[tuple[str, ...], float]:
    """Return COCO's sigmas by the words of COCO's names."""
    info = parse_pose_metainfo(CocoDataset.METAINFO)
    names = map(split_words, info['keypoint_id2name'].values())
    # MMPose keeps them in float32
    sigmas = [round(sigma.item(), 3) for sigma in info['sigmas']]
    return dict(zip(names, sigmas, strict=True))
