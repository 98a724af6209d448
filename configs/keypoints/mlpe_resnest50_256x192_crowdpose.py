# MLPE on CrowdPose, 14 keypoints: ResNeSt-50, 256x192; not in the paper. 8
# GPUs x 32 persons, 200 epochs. Not yet measured. Files, boxes and metric are
# those of MMPose's configs.
_base_ = ['../mlpe_resnest50_256x192.py']

model = dict(head=dict(out_channels=14))
default_hooks = dict(checkpoint=dict(save_best='crowdpose/AP'))

dataset_type = 'CrowdPoseDataset'
data_root = 'data/crowdpose/'
val_file = 'annotations/mmpose_crowdpose_test.json'
train_file = 'annotations/mmpose_crowdpose_trainval.json'
images = dict(
    type=dataset_type, data_root=data_root, data_prefix=dict(img='images/')
)
val_set = dict(images, ann_file=val_file)
# the detections lie in the folder of the annotations
detections = data_root + 'annotations/det_for_crowd_test_0.1_0.5.json'
train_dataloader = dict(dataset=dict(images, ann_file=train_file))
val_dataloader = dict(dataset=val_set)
test_dataloader = dict(dataset=dict(val_set, bbox_file=detections))
val_evaluator = dict(
    ann_file=data_root + val_file,
    use_area=False,  # CrowdPose's annotations have no area
    iou_type='keypoints_crowd',
    prefix='crowdpose',
)
test_evaluator = val_evaluator
