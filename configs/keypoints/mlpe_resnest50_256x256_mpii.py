# MLPE on MPII, 16 keypoints: ResNeSt-50, 256x256. 8 GPUs x 32 persons, 200
# epochs. Files, input size and metric are those of MMPose's configs. MPII has
# no flags of occlusion: all that is labelled counts as visible.
_base_ = ['../mlpe_resnest50_256x192.py']

codec = dict(input_size=(256, 256), heatmap_size=(64, 64))

model = dict(head=dict(out_channels=16, decoder=codec))

default_hooks = dict(checkpoint=dict(save_best='PCK'))

train_pipeline = [
    *_base_.augmentation,
    dict(type='TopdownAffine', input_size=codec['input_size']),
    dict(type='RandomChannelGain'),
    dict(type='GenerateTarget', encoder={**_base_.codec, **codec}),
    dict(type='PackPoseInputs'),
]
val_pipeline = [
    *_base_.loading,
    dict(type='TopdownAffine', input_size=codec['input_size']),
    dict(type='PackPoseInputs'),
]

dataset_type = 'MpiiDataset'
data_root = 'data/mpii/'
train_dataloader = dict(
    dataset=dict(
        type=dataset_type,
        data_root=data_root,
        ann_file='annotations/mpii_train.json',
        data_prefix=dict(img='images/'),
        pipeline=train_pipeline,
    )
)
val_dataloader = dict(
    dataset=dict(
        type=dataset_type,
        data_root=data_root,
        ann_file='annotations/mpii_val.json',
        headbox_file=data_root + 'annotations/mpii_gt_val.mat',
        data_prefix=dict(img='images/'),
        pipeline=val_pipeline,
    )
)
# MPII gives every person's place
test_dataloader = dict(dataset=dict(val_dataloader['dataset'], bbox_file=None))
val_evaluator = dict(_delete_=True, type='MpiiPCKAccuracy')
test_evaluator = val_evaluator
