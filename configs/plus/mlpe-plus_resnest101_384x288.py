# MLPE-plus: the network of row f with CPN's laterals, targets and decoding
# without rounding to cells, and today's schedule and augmentation.
# ResNeSt-101, 384x288. 8 GPUs x 32 persons, 200 epochs. Not yet measured.
_base_ = ['../mlpe_resnest101_384x288.py', '../_base_/plus_recipe.py']

codec = dict(_base_.codec, unbiased=True)
model = dict(neck=dict(lateral_fusion=True), head=dict(decoder=codec))
param_scheduler = [_base_.warm_up, _base_.cosine_decay]
custom_hooks = [*_base_.custom_hooks, _base_.weight_average]
augmentation = _base_.mmpose_augmentation
before_crop = [*_base_.loading, _base_.mark_occluded, *augmentation]
before_target = [*before_crop, *_base_.to_input]
train_pipeline = [
    *before_target,
    dict(type='GenerateTarget', encoder=codec),
    _base_.pack,
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
