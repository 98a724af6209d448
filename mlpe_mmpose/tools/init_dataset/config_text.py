"""The config of a new data set, as a person would write it."""

import os
from pathlib import Path

from .annotations import Annotations
from .base_config import BaseConfig

CONFIG = '''\
# {base_name} on {name},
# written by `python -m mlpe_mmpose init-dataset`.
_base_ = {reference}
{imports}
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
{train_pipeline}
train_dataloader = dict(
    dataset=dict(
        _delete_=True,
        type=dataset_type,
        metainfo=metainfo,
        data_root=data_root,
        data_mode=data_mode,
        ann_file={train_file!r},
        data_prefix=dict(img={train_images!r}),
        pipeline={pipeline},
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
        pipeline=_base_.val_dataloader.dataset.pipeline,
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
BASE_PIPELINE = '_base_.train_dataloader.dataset.pipeline'
VISIBLE_ONLY = f"""\
# The flags of this data set are 0 and 1 only, so 1 means visible.
train_pipeline = [
    dict(step, visible_flag=1)
    if step['type'] == 'MarkOccludedKeypoints'
    else step
    for step in {BASE_PIPELINE}
]
"""
IMPORTS = """\
custom_imports = dict(
    imports={!r}, allow_failed_imports=False
)
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

    The pipelines are those of the base. Data sets and metric are replaced as
    a whole, so that a base of another data set leaves no option behind.

    Args:
        name (str): The name of the data set
        base (BaseConfig): What the config starts from
        reference (str): The value of `_base_`, as source code
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
    has_areas = not tested[0].num_without_area
    visible_only = not train[0].has_occluded
    missing = base.missing_imports()
    return CONFIG.format(
        name=name,
        base_name=base.path.name,
        reference=reference,
        imports=IMPORTS.format(missing) if missing else '',
        metainfo=metainfo,
        data_root=Path(root).as_posix().rstrip('/') + '/',
        number=len(train[0].names),
        weights=WEIGHTS if base.downloads_weights() else '',
        save_best=SAVE_BEST if _saves_best(base) else '',
        train_pipeline=VISIBLE_ONLY if visible_only else '',
        pipeline='train_pipeline' if visible_only else BASE_PIPELINE,
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
