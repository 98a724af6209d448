# MLPE of mlpe_resnest50_256x192.py on inputs of 256x256, which is the size
# that MMPose's configs have for MPII and AP-10K; with the windows of 256x192.
_base_ = ['../mlpe_resnest50_256x192.py']

sizes = dict(input_size=(256, 256), heatmap_size=(64, 64))
codec = dict(_base_.codec, **sizes)
model = dict(head=dict(decoder=codec))

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
# data sets of this size are tested with the boxes of the annotations
test_dataloader = dict(dataset=dict(pipeline=val_pipeline, bbox_file=None))
