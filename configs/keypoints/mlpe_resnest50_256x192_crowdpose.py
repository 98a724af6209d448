# MLPE on CrowdPose, 14 keypoints: ResNeSt-50, 256x192. 8 GPUs x 32 persons,
# 200 epochs. Files, boxes and metric are those of MMPose's configs.
_base_ = ['../mlpe_resnest50_256x192.py']

model = dict(head=dict(out_channels=14))

default_hooks = dict(checkpoint=dict(save_best='crowdpose/AP'))

dataset_type = 'CrowdPoseDataset'
data_root = 'data/crowdpose/'
ann_file = 'annotations/mmpose_crowdpose_test.json'
train_dataloader = dict(
    dataset=dict(
        type=dataset_type,
        data_root=data_root,
        ann_file='annotations/mmpose_crowdpose_trainval.json',
        data_prefix=dict(img='images/'),
    )
)
val_dataloader = dict(
    dataset=dict(
        type=dataset_type,
        data_root=data_root,
        ann_file=ann_file,
        data_prefix=dict(img='images/'),
    )
)
# its detections lie among the annotations
test_dataloader = dict(
    dataset=dict(
        val_dataloader['dataset'],
        bbox_file=data_root + 'annotations/det_for_crowd_test_0.1_0.5.json',
    )
)
val_evaluator = dict(
    ann_file=data_root + ann_file,
    use_area=False,  # CrowdPose has none
    iou_type='keypoints_crowd',
    prefix='crowdpose',
)
test_evaluator = val_evaluator
