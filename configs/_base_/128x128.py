# Square inputs of 128x128 for two CPU cores, for people in any position: the
# codec, and all that depends on its sizes. The windows are those of 128x96.
_base_ = ['synthetic_recipe.py']

sizes = dict(input_size=(128, 128), heatmap_size=(32, 32))
codec = dict(type='MLPEHeatmap', **sizes, kernel_sizes=(9, 7, 5, 5))

max_epochs = 8
train_cfg = dict(max_epochs=max_epochs)
cosine_decay = dict(_base_.cosine_decay, T_max=max_epochs, end=max_epochs)
param_scheduler = [_base_.warm_up, cosine_decay]
# a third faster on a CPU, with equal results up to rounding
default_hooks = dict(channels_last=dict(type='ChannelsLastHook'))

# Rotations are MMPose's: up to 80 degrees, for 6 of 10. The range of scales
# is our choice, narrower than MMPose's for a training as short as this one.
augmentation = [
    dict(type='FastRandomFlip', prob=0.5),
    dict(
        type='FastRandomBBoxTransform',
        shift_prob=0.0,
        scale_factor=(0.75, 1.3),
        rotate_factor=80.0,
        rotate_prob=0.6,
    ),
]
before_crop = [*_base_.loading, _base_.mark_occluded, *augmentation]
crop = dict(type='TopdownAffine', input_size=codec['input_size'])
to_input = [crop]
before_target = [*before_crop, *to_input]
train_pipeline = [
    *before_target,
    dict(type='GenerateTarget', encoder=codec),
    _base_.pack,
]
val_pipeline = [*_base_.loading, crop, _base_.pack]
auto_scale_lr = dict(base_batch_size=32)
# as in 128x96.py
loader = dict(num_workers=0, persistent_workers=False)
train_dataloader = dict(
    **loader, batch_size=32, dataset=dict(pipeline=train_pipeline)
)
val_dataloader = dict(
    **loader, batch_size=64, dataset=dict(pipeline=val_pipeline)
)
test_dataloader = val_dataloader
