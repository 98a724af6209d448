# MLPE, row f of the paper's Table I: ResNeSt-101, 384x288.
# 8 GPUs x 32 persons, 200 epochs. Reported by the authors: AP 73.7.
_base_ = ['_base_/coco_recipe.py']

# windows coarse to fine, the release's for this size
codec = dict(
    type='MLPEHeatmap',
    input_size=(288, 384),
    heatmap_size=(72, 96),
    kernel_sizes=(23, 17, 13, 9),
)

model = dict(
    backbone=dict(
        type='ResNeSt',
        depth=101,
        stem_channels=128,  # the published weights' stem; 64 is the default
        out_indices=(0, 1, 2, 3),
        init_cfg=dict(type='Pretrained', checkpoint='mmcls://resnest101'),
    ),
    neck=dict(type='MLPENeck', in_channels=(256, 512, 1024, 2048)),
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
