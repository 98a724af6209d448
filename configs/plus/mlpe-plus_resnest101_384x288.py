# MLPE-plus: the network of row f with CPN's laterals, targets and decoding
# without rounding to cells, and today's schedule and augmentation.
# ResNeSt-101, 384x288. 8 GPUs x 32 persons, 200 epochs. Not yet measured.
_base_ = ['../_base_/plus_recipe.py']

codec = dict(
    type='UnbiasedMLPEHeatmap',
    input_size=(288, 384),
    heatmap_size=(72, 96),
    kernel_sizes=(23, 17, 13, 9),
)

model = dict(
    backbone=dict(
        type='ResNeSt',
        depth=101,
        stem_channels=128,  # the published weights' stem
        out_indices=(0, 1, 2, 3),
        init_cfg=dict(type='Pretrained', checkpoint='mmcls://resnest101'),
    ),
    neck=dict(
        type='MLPENeck',
        in_channels=(256, 512, 1024, 2048),
        lateral_fusion=True,
    ),
    head=dict(type='MLPEHead', out_channels=17, decoder=codec),
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
