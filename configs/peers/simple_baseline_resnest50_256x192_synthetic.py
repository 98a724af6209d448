# Simple Baselines (Xiao et al., ECCV 2018) on generated people, for suite
# `gpu`: the backbone, batches (64 persons) and training (10 epochs) of
# mlpe_resnest50_256x192_synthetic.py. sigma=2 is MMPose's for this size.
_base_ = [
    '../mlpe_resnest50_256x192_synthetic.py',
    '../_base_/simple_baseline.py',
]

msra = dict(type='MSRAHeatmap', **_base_.sizes, sigma=2)
codec = dict(_delete_=True, **msra)
model = dict(
    neck=None,
    head=dict(_base_.simple_baseline_head, _delete_=True, decoder=msra),
    test_cfg=dict(shift_heatmap=True),  # as in MMPose's, for this codec
)
train_pipeline = [
    *_base_.before_target,
    dict(type='GenerateTarget', encoder=msra),
    _base_.pack,
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
