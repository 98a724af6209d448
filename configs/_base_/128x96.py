# Generated people at 128x96, for two CPU cores: the codec, and all that
# depends on its sizes. The numbers are our choice; the windows, coarse to
# fine, are about half of the release's for 256x192.
_base_ = ['synthetic_recipe.py']

sizes = dict(input_size=(96, 128), heatmap_size=(24, 32))
codec = dict(type='MLPEHeatmap', **sizes, kernel_sizes=(9, 7, 5, 5))

crop = dict(type='TopdownAffine', input_size=codec['input_size'])
to_input = [crop]
before_target = [*_base_.before_crop, *to_input]
train_pipeline = [
    *before_target,
    dict(type='GenerateTarget', encoder=codec),
    _base_.pack,
]
val_pipeline = [*_base_.loading, crop, _base_.pack]
auto_scale_lr = dict(base_batch_size=16)
# There is no loader process: on two cores a loader process and the threads of
# the training would only wait for each other.
loader = dict(num_workers=0, persistent_workers=False)
train_dataloader = dict(
    **loader, batch_size=16, dataset=dict(pipeline=train_pipeline)
)
val_dataloader = dict(
    **loader, batch_size=64, dataset=dict(pipeline=val_pipeline)
)
test_dataloader = val_dataloader
