# Inputs of 256x256 for a GPU, for people in any position: the codec, and all
# that depends on its sizes, with the augmentation and the epochs of 128x128.
# The windows are those of 256x192; the numbers of the loaders are our choice.
_base_ = ['128x128.py']

sizes = dict(input_size=(256, 256), heatmap_size=(64, 64))
codec = dict(_base_.codec, **sizes, kernel_sizes=(15, 11, 9, 7))

crop = dict(type='TopdownAffine', input_size=codec['input_size'])
to_input = [crop]
before_target = [*_base_.before_crop, *to_input]
train_pipeline = [
    *before_target,
    dict(type='GenerateTarget', encoder=codec),
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
