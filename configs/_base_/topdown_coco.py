# What all top-down configs on data in COCO's format share: preprocessing, the
# fixed steps of the pipelines, the loaders and the metric. A recipe adds the
# data's folder and the augmentation; a base of an input size adds the codec,
# the assembled pipelines and the batch sizes that depend on it.
_base_ = ['default_runtime.py']

model = dict(
    type='TopdownPoseEstimator',
    # our choice: ImageNet's mean and std, with which the published backbone
    # weights were trained. The release subtracts another mean and divides by
    # 255.
    data_preprocessor=dict(
        type='FastPoseDataPreprocessor',
        mean=[123.675, 116.28, 103.53],
        std=[58.395, 57.12, 57.375],
        bgr_to_rgb=True,
    ),
    # our choice: flipped heatmaps are not shifted, because the decoder of
    # MLPEHeatmap adds half a cell already
    test_cfg=dict(flip_test=True, flip_mode='heatmap', shift_heatmap=False),
)

# MMPoseInferencer reads these two variables.
dataset_type = 'CocoDataset'
data_mode = 'topdown'

# The parts of a pipeline that no recipe and no input size changes. The box is
# padded by 1.25, MMPose's default; the release pads 1.2 in x and 1.3 in y.
load_image = dict(type='CheckedLoadImage')
loading = [
    load_image,
    dict(type='GetBBoxCenterScale', padding=1.25),
]
mark_occluded = dict(type='MarkOccludedKeypoints')
pack = dict(type='PackPoseInputs')

train_dataloader = dict(
    sampler=dict(type='DefaultSampler', shuffle=True),
    dataset=dict(
        type=dataset_type,
        data_mode=data_mode,
        ann_file='annotations/person_keypoints_train2017.json',
        data_prefix=dict(img='train2017/'),
    ),
)
# Validation during training uses the ground-truth boxes, so that training
# needs no file of detections.
val_dataloader = dict(
    drop_last=False,
    sampler=dict(type='DefaultSampler', shuffle=False, round_up=False),
    dataset=dict(
        type=dataset_type,
        data_mode=data_mode,
        ann_file='annotations/person_keypoints_val2017.json',
        data_prefix=dict(img='val2017/'),
        test_mode=True,
    ),
)
test_dataloader = val_dataloader

# An instance's score is the box score times the mean of heatmap / 255 + 0.5
# over the keypoints, as in the release.
val_evaluator = dict(type='FastCocoMetric')
test_evaluator = val_evaluator
