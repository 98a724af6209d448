# Simple Baselines (Xiao et al., ECCV 2018) with MLPE's backbone and recipe:
# ResNeSt-50, 256x192, 8 GPUs x 32 persons, 200 epochs.
_base_ = ['../_base_/coco_recipe.py']

codec = dict(
    type='MSRAHeatmap', input_size=(192, 256), heatmap_size=(48, 64), sigma=2
)

model = dict(
    backbone=dict(
        type='ResNeSt',
        depth=50,
        init_cfg=dict(type='Pretrained', checkpoint='mmcls://resnest50'),
    ),
    head=dict(
        type='HeatmapHead',
        in_channels=2048,
        out_channels=17,
        loss=dict(type='KeypointMSELoss', use_target_weight=True),
        decoder=codec,
    ),
    test_cfg=dict(shift_heatmap=True),  # as in MMPose's, for this codec
)

train_pipeline = [
    *_base_.augmentation,
    dict(type='TopdownAffine', input_size=codec['input_size']),
    dict(type='RandomChannelGain'),
    dict(type='GenerateTarget', encoder=codec),
    dict(type='PackPoseInputs'),
]
val_pipeline = [
    *_base_.loading,
    dict(type='TopdownAffine', input_size=codec['input_size']),
    dict(type='PackPoseInputs'),
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=val_pipeline))
