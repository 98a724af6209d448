"""The keypoints that a network gives, which may be some of its data set."""

import dataclasses

from torch import nn

from .drawing import read_colors


@dataclasses.dataclass(frozen=True)
class OutputKeypoints:
    """The keypoints of a network's output, in its order.

    Note:
        - keypoint number of the output: K

    Args:
        names (tuple[str]): K names
        links (tuple[tuple]): Pairs of numbers below K, which a line connects
        colors (list[tuple]): K colours, BGR
    """

    names: tuple[str, ...]
    links: tuple[tuple[int, int], ...]
    colors: list[tuple[int, int, int]]


def read_output_keypoints(model: nn.Module) -> OutputKeypoints:
    """Select those of the data set's keypoints that a network gives.

    They are those of ``test_cfg.output_keypoint_indices`` if the config has
    that, in its order, and otherwise all.

    Args:
        model (nn.Module): As ``init_model`` returns it
    """
    meta = model.dataset_meta
    names, colors = meta['keypoint_id2name'], read_colors(meta)
    kept = model.test_cfg.get('output_keypoint_indices')
    if kept is None:
        kept = range(len(names))
    return OutputKeypoints(
        names=tuple(names[i] for i in kept),
        links=tuple(
            (kept.index(start), kept.index(end))
            for start, end in meta['skeleton_links']
            if start in kept and end in kept
        ),
        colors=[colors[i] for i in kept],
    )
