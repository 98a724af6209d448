# MLPE on AP-10K, 17 keypoints of animals: ResNeSt-50, 256x256. 8 GPUs x 32
# animals, 200 epochs. Files, input size and boxes (those of the ground truth)
# are those of MMPose's configs.
_base_ = ['../mlpe_resnest50_256x192.py']

codec = dict(input_size=(256, 256), heatmap_size=(64, 64))

model = dict(head=dict(decoder=codec))

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

dataset_type = 'AP10KDataset'
data_root = 'data/ap10k/'
ann_file = 'annotations/ap10k-{}-split1.json'
data_prefix = dict(img='data/')
train_dataloader = dict(
    dataset=dict(
        type=dataset_type,
        data_root=data_root,
        ann_file=ann_file.format('train'),
        data_prefix=data_prefix,
        pipeline=train_pipeline,
    )
)
val_dataloader = dict(
    dataset=dict(
        type=dataset_type,
        data_root=data_root,
        ann_file=ann_file.format('val'),
        data_prefix=data_prefix,
        pipeline=val_pipeline,
    )
)
test_dataloader = dict(
    dataset=dict(
        val_dataloader['dataset'],
        ann_file=ann_file.format('test'),
        bbox_file=None,
    )
)
val_evaluator = dict(ann_file=data_root + ann_file.format('val'))
test_evaluator = dict(ann_file=data_root + ann_file.format('test'))
