"""The config of a new data set, as a person would write it."""

import keyword
import os
from pathlib import Path

from .annotations import Annotations
from .base_config import BaseConfig

WIDTH = 79
CONFIG = '''\
# {base_name} on {name},
# written by `python -m mlpe_mmpose init-dataset`.
_base_ = [{base!r}]
custom_imports = {imports}

# The metainfo lies beside this file, wherever both are moved. Triple quotes,
# because the folder's name may have quotes.
metainfo = dict(from_file="""{{{{ fileDirname }}}}/{metainfo}""")
# All paths of annotations and images start here.
data_root = {data_root!r}
# MMPoseInferencer reads these two.
dataset_type = 'CocoDataset'
data_mode = 'topdown'

{weights}model = dict(head=dict(out_channels={number}))
{save_best}
# Both pipelines are the base's.
{flags}train_pipeline = {train_pipeline}
val_pipeline = {val_pipeline}

train_dataloader = dict(
    dataset=dict(
        _delete_=True,
        type=dataset_type,
        metainfo=metainfo,
        data_root=data_root,
        data_mode=data_mode,
        ann_file={train_file!r},
        data_prefix=dict(img={train_images!r}),
        pipeline=train_pipeline,
    )
)
{no_val}val_dataloader = dict(
    dataset=dict(
        _delete_=True,
        type=dataset_type,
        metainfo=metainfo,
        data_root=data_root,
        data_mode=data_mode,
        ann_file={val_file!r},
        data_prefix=dict(img={val_images!r}),
        test_mode=True,
        pipeline=val_pipeline,
    )
)
# The boxes are those of the annotations.
test_dataloader = val_dataloader
{no_area}val_evaluator = dict(
    _delete_=True,
    type='FastCocoMetric',
    ann_file=data_root + {val_file!r},{use_area}
)
test_evaluator = val_evaluator
'''
WEIGHTS = """\
# The backbone starts from published weights, which are downloaded. Without a
# network: --cfg-options model.backbone.init_cfg=None
"""
SAVE_BEST = """\
default_hooks = dict(checkpoint=dict(save_best='coco/AP', rule='greater'))
"""
VISIBLE_ONLY = """\
# Flags here are 0 and 1 only: all that is labelled counts as visible.
"""
NO_VAL = """\
# There was no --val: validation is on the training data, and its figures say
# nothing about other images.
"""
NO_AREA = """\
# Annotations without an area: the metric estimates all areas from the boxes.
"""


def config_text(
    name: str,
    base: BaseConfig,
    reference: str,
    metainfo: str,
    train: tuple[Annotations, Path],
    val: tuple[Annotations, Path] | None,
) -> str:
    """Write the config.

    It copies pipelines, and replaces data sets and metric as a whole, so that
    a base of another data set leaves no option behind.

    Args:
        name (str): The name of the data set
        base (BaseConfig): What the config starts from
        reference (str): What the config names as its `_base_`
        metainfo (str): File name of the metainfo, in the same folder
        train (tuple[Annotations, Path]): Annotations and folder of images
        val (tuple[Annotations, Path], optional): Those to validate on

    Returns:
        str: Python code that MMEngine reads.
    """
    tested = val or train
    splits = (train, tested)
    root = os.path.commonpath(
        [
            os.path.abspath(folder)
            for annotations, images in splits
            for folder in (annotations.path.parent, images)
        ]
    )
    files = [_relative(annotations.path, root) for annotations, _ in splits]
    images = [_relative(folder, root) for _, folder in splits]
    has_occluded = train[0].has_occluded
    has_areas = not tested[0].num_without_area
    return CONFIG.format(
        name=name,
        base_name=base.path.name,
        base=reference,
        imports=source(
            dict(imports=base.imports(), allow_failed_imports=False), column=17
        ),
        metainfo=metainfo,
        data_root=Path(root).as_posix().rstrip('/') + '/',
        number=len(train[0].names),
        weights=WEIGHTS if base.downloads_weights() else '',
        save_best=SAVE_BEST if _saves_best(base) else '',
        flags='' if has_occluded else VISIBLE_ONLY,
        train_pipeline=source(_train_pipeline(base, has_occluded), column=17),
        val_pipeline=source(_pipeline(base, 'val'), column=15),
        train_file=files[0],
        train_images=images[0],
        val_file=files[1],
        val_images=images[1],
        no_val=NO_VAL if val is None else '',
        no_area='' if has_areas else NO_AREA,
        use_area='' if has_areas else '\n    use_area=False,',
    )


def _relative(path: Path, root: str) -> str:
    return Path(os.path.relpath(path, root)).as_posix()


def _saves_best(base: BaseConfig) -> bool:
    """Whether the base keeps the best checkpoint, by whatever metric."""
    return bool(base.look_up('default_hooks.checkpoint.save_best'))


def _pipeline(base: BaseConfig, split: str) -> list[dict]:
    return base.look_up(f'{split}_dataloader.dataset.pipeline')


def _train_pipeline(base: BaseConfig, has_occluded: bool) -> list[dict]:
    """Return the base's pipeline, which reads the flags of this data set."""
    mark = dict(type='MarkOccludedKeypoints')
    if not has_occluded:
        mark['visible_flag'] = 1
    return [
        mark if step['type'] == mark['type'] else step
        for step in _pipeline(base, 'train')
    ]


def source(value: object, indent: int = 0, column: int = 0) -> str:
    """Write a value of a config as Python code, in lines of 79 columns.

    Args:
        value (object): Of dictionaries, lists, tuples and plain values
        indent (int): Columns before the line that the value starts in
        column (int): The column that the value starts at
    """
    opening, items, closing = _parts(value)
    if not items:
        return opening + closing
    comma = ',' if isinstance(value, tuple) and len(items) == 1 else ''
    texts = [prefix + source(item) for prefix, item in items]
    line = f'{opening}{", ".join(texts)}{comma}{closing}'
    # a comma follows the value in its line
    if '\n' not in line and column + len(line) < WIDTH:
        return line
    inner = indent + 4
    lines = [
        f'{" " * inner}{prefix}{source(item, inner, inner + len(prefix))},\n'
        for prefix, item in items
    ]
    return f'{opening}\n{"".join(lines)}{" " * indent}{closing}'


def _parts(value: object) -> tuple[str, list[tuple[str, object]], str]:
    """Return opening bracket, items with what precedes each, and closing."""
    if isinstance(value, dict):
        if all(
            isinstance(key, str)
            and key.isidentifier()
            and not keyword.iskeyword(key)
            for key in value
        ):
            return 'dict(', [(f'{k}=', v) for k, v in value.items()], ')'
        return '{', [(f'{k!r}: ', v) for k, v in value.items()], '}'
    if isinstance(value, list):
        return '[', [('', item) for item in value], ']'
    if isinstance(value, tuple):
        return '(', [('', item) for item in value], ')'
    return repr(value), [], ''
