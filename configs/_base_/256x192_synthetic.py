# Generated people at 256x192, for a GPU: all that depends on the input size.
# The numbers of the loaders are our choice.
_base_ = ['synthetic_recipe.py', 'codec_256x192.py']

crop = dict(type='TopdownAffine', input_size=_base_.codec.input_size)
to_input = [crop]
before_target = [*_base_.before_crop, *to_input]
train_pipeline = [
    *before_target,
    dict(type='GenerateTarget', encoder=_base_.codec),
    _base_.pack,
]
val_pipeline = [*_base_.loading, crop, _base_.pack]
auto_scale_lr = dict(base_batch_size=64)
loader = dict(batch_size=64, num_workers=8, persistent_workers=True)
train_dataloader = dict(
    **loader,
    # as in coco_recipe.py
    collate_fn=dict(type='shared_storage_collate'),
    dataset=dict(pipeline=train_pipeline),
)
val_dataloader = dict(**loader, dataset=dict(pipeline=val_pipeline))
test_dataloader = val_dataloader
