"""Which frames to validate on."""

from collections.abc import Sequence

import numpy as np


def choose_validation(
    groups: Sequence[str], part: float, seed: int
) -> list[bool]:
    """Choose the frames to validate on: whole groups, if there are several.

    Neighbouring frames of a video look alike, so a validation on frames of a
    video that was trained on says little about another video.

    Args:
        groups (Sequence[str]): The video, or folder of images, of each frame
        part (float): The part of the frames that is wanted, in (0, 1)
        seed (int): Seed of the choice

    Returns:
        list[bool]: Whether to validate on each frame. One group is parted by
        frames. Of several, random ones are taken while they do not exceed
        the part; if each of them does, the smallest is taken.

    Raises:
        ValueError: If there is one frame only.
    """
    if len(groups) < 2:
        raise ValueError(
            'import-data needs two labelled frames, one of them to validate '
            f'on, got {len(groups)}. With --val 0 all are to train on.'
        )
    random = np.random.default_rng(seed)
    names, numbers, sizes = np.unique(
        np.asarray(groups), return_inverse=True, return_counts=True
    )
    wanted = part * len(groups)
    if len(names) == 1:
        count = min(max(round(wanted), 1), len(groups) - 1)
        chosen = random.permutation(len(groups))[:count]
        return np.isin(np.arange(len(groups)), chosen).tolist()
    taken: list[int] = []
    for number in random.permutation(len(names)):
        if sizes[[*taken, number]].sum() <= wanted:
            taken.append(number)
    return np.isin(numbers, taken or [sizes.argmin()]).tolist()
