# COCO at 256x192, with the paper's recipe: the codec, the pipelines and all
# else that depends on the input size. A base is evaluated before its child,
# so each input size assembles its pipelines from the parts of the recipe, and
# a config with another codec, as those in peers/, restates `codec`, `decoder`
# and `train_pipeline`.
_base_ = ['coco_recipe.py', 'codec_256x192.py']

crop = dict(type='TopdownAffine', input_size=_base_.codec.input_size)
to_input = [crop, _base_.channel_gain]
before_target = [*_base_.before_crop, *to_input]
train_pipeline = [
    *before_target,
    dict(type='GenerateTarget', encoder=_base_.codec),
    _base_.pack,
]
val_pipeline = [*_base_.loading, crop, _base_.pack]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=val_pipeline))
test_dataloader = val_dataloader
