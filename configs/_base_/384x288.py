# COCO at 384x288, with the paper's recipe: the codec, and all that depends on
# its sizes; see 256x192.py. The windows, coarse to fine, are the release's.
_base_ = ['coco_recipe.py']

sizes = dict(input_size=(288, 384), heatmap_size=(72, 96))
codec = dict(type='MLPEHeatmap', **sizes, kernel_sizes=(23, 17, 13, 9))

crop = dict(type='TopdownAffine', input_size=codec['input_size'])
to_input = [crop, _base_.channel_gain]
before_target = [*_base_.before_crop, *to_input]
train_pipeline = [
    *before_target,
    dict(type='GenerateTarget', encoder=codec),
    _base_.pack,
]
val_pipeline = [*_base_.loading, crop, _base_.pack]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=val_pipeline))
test_dataloader = val_dataloader
