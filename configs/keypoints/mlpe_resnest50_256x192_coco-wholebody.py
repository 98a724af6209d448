# MLPE on COCO-WholeBody, 133 keypoints: ResNeSt-50, 256x192; not in the
# paper. 8 GPUs x 32 persons, 200 epochs. Not yet measured. Files, boxes and
# metric are those of MMPose's configs.
_base_ = ['../mlpe_resnest50_256x192.py']

model = dict(head=dict(out_channels=133))
default_hooks = dict(checkpoint=dict(save_best='coco-wholebody/AP'))

# There is no `mark_occluded`: the flags of hands and faces say which
# keypoints are labelled, not which are occluded. All labelled keypoints count
# as visible.
before_crop = [*_base_.loading, *_base_.augmentation]
before_target = [*before_crop, *_base_.to_input]
train_pipeline = [
    *before_target,
    dict(type='GenerateTarget', encoder=_base_.codec),
    _base_.pack,
]
dataset_type = 'CocoWholeBodyDataset'
ann_file = 'annotations/coco_wholebody_{}_v1.0.json'
train_set = dict(type=dataset_type, ann_file=ann_file.format('train'))
val_set = dict(type=dataset_type, ann_file=ann_file.format('val'))
train_dataloader = dict(dataset=dict(train_set, pipeline=train_pipeline))
val_dataloader = dict(dataset=val_set)
test_dataloader = val_dataloader
val_file = _base_.data_root + val_set['ann_file']
val_evaluator = dict(
    _delete_=True, type='CocoWholeBodyMetric', ann_file=val_file
)
test_evaluator = val_evaluator
