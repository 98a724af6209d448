"""The two files of a new data set, as a person would write them."""

from collections.abc import Sequence

from .annotations import Annotations
from .guesses import guess_half, guess_sigma, guess_swaps, words

# MMPose's for COCO: left, right, in between
GREEN, ORANGE, BLUE = [0, 255, 0], [255, 128, 0], [51, 153, 255]
# of the three loaders: how training sees data, and how testing does
CONFIG = """\
# MLPE on {name}, written by `python -m mlpe_mmpose init-dataset`.
_base_ = ['{base}']

# MMPoseInferencer reads it
data_root = ''
metainfo = dict(from_file='{{{{ fileDirname }}}}/{metainfo}')

model = dict(head=dict(out_channels={number}))
{pipeline}
train_dataloader = dict(
    dataset=dict(
        type='CocoDataset',
        metainfo=metainfo,
        data_root=data_root,
        ann_file={train!r},
        data_prefix=dict(img={images!r}),{train_pipeline}
    )
)
{note}val_dataloader = dict(
    dataset=dict(
        type='CocoDataset',
        metainfo=metainfo,
        data_root=data_root,
        ann_file={val!r},
        data_prefix=dict(img={val_images!r}),
    )
)
# ground-truth boxes; give a file of detections, if there is one
test_dataloader = dict(dataset=dict(val_dataloader['dataset'], bbox_file=None))
val_evaluator = dict(ann_file={val!r})
test_evaluator = val_evaluator
"""
VISIBLE_ONLY = """
# flags here are 0 and 1 only: all that is labelled counts as visible
train_pipeline = [
    dict(step, visible_flag=1)
    if step['type'] == 'MarkOccludedKeypoints'
    else step
    for step in _base_.train_dataloader.dataset.pipeline
]
"""


def metainfo_text(name: str, annotations: Annotations) -> str:
    """The metainfo, every guess marked as one.

    Args:
        name (str): The data set's
        annotations (Annotations): What its file says
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
    """One line a keypoint."""
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
    """A name that ends no comment."""
    return repr(name)[1:-1]


def _color(name: str) -> list[int]:
    sides = set(words(name))
    if sides & {'left', 'l'}:
        return GREEN
    return ORANGE if sides & {'right', 'r'} else BLUE


def _link_color(start: str, end: str) -> list[int]:
    """A side's colour where both ends are of that side."""
    first, second = _color(start), _color(end)
    return first if first == second else BLUE


def config_text(
    name: str,
    base: str,
    metainfo: str,
    train: tuple[Annotations, str],
    val: tuple[Annotations, str] | None,
) -> str:
    """The config.

    Args:
        name (str): The data set's
        base (str): Path of the base config, from the new one's folder
        metainfo (str): File name of the metainfo, in the same folder
        train (tuple[Annotations, str]): Annotations and folder of images
        val (tuple[Annotations, str], optional): Those to validate on
    """
    note = ''
    if val is None:
        note = (
            '# There was no --val: this measures on what it was trained on,\n'
            '# which says nothing of other images.\n'
        )
    plain = not train[0].has_occluded
    tested = val or train
    return CONFIG.format(
        name=name,
        base=base,
        metainfo=metainfo,
        number=len(train[0].names),
        pipeline=VISIBLE_ONLY if plain else '',
        train_pipeline='\n        pipeline=train_pipeline,' if plain else '',
        train=train[0].path.as_posix(),
        images=train[1],
        note=note,
        val=tested[0].path.as_posix(),
        val_images=tested[1],
    )
