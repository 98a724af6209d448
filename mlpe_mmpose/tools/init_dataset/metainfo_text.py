"""The metainfo of a new data set, as a person would write it."""

from collections.abc import Sequence

from .annotations import Annotations
from .guesses import guess_half, guess_sigma, guess_swaps, words

# MMPose's for COCO: left, right, in between
GREEN, ORANGE, BLUE = [0, 255, 0], [255, 128, 0], [51, 153, 255]


def metainfo_text(name: str, annotations: Annotations) -> str:
    """Write the metainfo, in which every guess is marked as one.

    Args:
        name (str): The name of the data set
        annotations (Annotations): What the annotation file says

    Returns:
        str: Python code that MMPose reads as a config.
    """
    names = annotations.names
    swaps = guess_swaps(names)
    lines = [
        '# Written by `python -m mlpe_mmpose init-dataset`. Lines that end in',
        '# "guessed" follow from names alone: look at them.',
        'dataset_info = dict(',
        f'    dataset_name={name!r},',
        '    keypoint_info={',
    ]
    for index, keypoint in enumerate(names):
        lines += [
            f'        {index}: dict(',
            f'            name={keypoint!r},',
            f'            id={index},',
            f'            color={_color(keypoint)},',
            f'            type={guess_half(keypoint)!r},  # guessed',
            f'            swap={swaps.get(keypoint, "")!r},  # guessed',
            '        ),',
        ]
    lines += ['    },', '    skeleton_info={']
    for index, (start, end) in enumerate(annotations.links):
        lines += [
            f'        {index}: dict(',
            f'            link=({names[start]!r}, {names[end]!r}),',
            f'            id={index},',
            f'            color={_link_color(names[start], names[end])},',
            '        ),',
        ]
    lines += ['    },', f'    joint_weights=[1.0] * {len(names)},']
    return '\n'.join([*lines, *_sigma_lines(names), ')', ''])


def _sigma_lines(names: Sequence[str]) -> list[str]:
    """Write one line for each keypoint."""
    lines = [
        '    # tolerances of OKS, the metric: larger is more lenient',
        '    sigmas=[',
    ]
    for name in names:
        sigma, known = guess_sigma(name)
        origin = "COCO's of this name" if known else "guessed: COCO's mean"
        lines.append(f'        {sigma},  # {_comment(name)}, {origin}')
    return [*lines, '    ],']


def _comment(name: str) -> str:
    """Escape a name, so that no line break of it ends the comment."""
    return repr(name)[1:-1]


def _color(name: str) -> list[int]:
    sides = set(words(name))
    if sides & {'left', 'l'}:
        return GREEN
    return ORANGE if sides & {'right', 'r'} else BLUE


def _link_color(start: str, end: str) -> list[int]:
    """Return the colour of a side if both ends are on it."""
    first, second = _color(start), _color(end)
    return first if first == second else BLUE
