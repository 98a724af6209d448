# MLPE on COCO-WholeBody, 133 keypoints: ResNeSt-50, 256x192. 8 GPUs x 32
# persons, 200 epochs. Files, boxes and metric are those of MMPose's configs.
_base_ = ['../mlpe_resnest50_256x192.py']

model = dict(head=dict(out_channels=133))

default_hooks = dict(checkpoint=dict(save_best='coco-wholebody/AP'))

# Without MarkOccludedKeypoints: flags of hands and faces say what is
# labelled, not what is occluded. All that is labelled counts as visible.
train_pipeline = [
    step
    for step in _base_.train_pipeline
    if step['type'] != 'MarkOccludedKeypoints'
]

dataset_type = 'CocoWholeBodyDataset'
ann_file = 'annotations/coco_wholebody_val_v1.0.json'
train_dataloader = dict(
    dataset=dict(
        type=dataset_type,
        ann_file='annotations/coco_wholebody_train_v1.0.json',
        pipeline=train_pipeline,
    )
)
val_dataloader = dict(dataset=dict(type=dataset_type, ann_file=ann_file))
test_dataloader = val_dataloader
val_evaluator = dict(
    _delete_=True,
    type='CocoWholeBodyMetric',
    ann_file='data/coco/' + ann_file,
)
test_evaluator = val_evaluator
