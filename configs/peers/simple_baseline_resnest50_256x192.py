# Simple Baselines (Xiao et al., ECCV 2018) with MLPE's backbone and recipe:
# ResNeSt-50, 256x192. 8 GPUs x 32 persons, 200 epochs. Not yet measured; with
# its own recipe MMPose reports AP 72.0. sigma=2 is MMPose's for this size.
_base_ = ['../_base_/256x192.py', '../_base_/simple_baseline.py']

msra = dict(type='MSRAHeatmap', **_base_.sizes, sigma=2)
codec = dict(_delete_=True, **msra)
model = dict(
    backbone=dict(
        type='ResNeSt',
        depth=50,
        init_cfg=dict(type='Pretrained', checkpoint='mmcls://resnest50'),
    ),
    head=dict(_base_.simple_baseline_head, decoder=msra),
    test_cfg=dict(shift_heatmap=True),  # as in MMPose's, for this codec
)
train_pipeline = [
    *_base_.before_target,
    dict(type='GenerateTarget', encoder=msra),
    _base_.pack,
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
