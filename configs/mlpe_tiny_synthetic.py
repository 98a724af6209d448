# MLPE at a size that two CPU cores train in four minutes, on the generated
# people of `python -m mlpe_mmpose synth data/synthetic`. Ours, for the demo
# and the tests: ResNet-18 of a quarter of its width, 128x96.
_base_ = ['_base_/default_runtime.py']

# windows coarse to fine: the release's for 256x192, about halved
codec = dict(
    type='MLPEHeatmap',
    input_size=(96, 128),
    heatmap_size=(24, 32),
    kernel_sizes=(9, 7, 5, 5),
)

model = dict(
    type='TopdownPoseEstimator',
    data_preprocessor=dict(
        type='FastPoseDataPreprocessor',
        mean=[123.675, 116.28, 103.53],
        std=[58.395, 57.12, 57.375],
        bgr_to_rgb=True,
    ),
    backbone=dict(
        type='ResNet', depth=18, base_channels=16, out_indices=(0, 1, 2, 3)
    ),
    # with CPN's laterals: the coarsest map has 4 x 3 cells here, too few to
    # tell places from, and without them as much training reaches half the AP
    neck=dict(
        type='MLPENeck',
        in_channels=(16, 32, 64, 128),
        out_channels=32,
        lateral_fusion=True,
    ),
    head=dict(type='MLPEHead', in_channels=32, out_channels=17, decoder=codec),
    test_cfg=dict(flip_test=True, flip_mode='heatmap', shift_heatmap=False),
)

max_epochs = 4
train_cfg = dict(by_epoch=True, max_epochs=max_epochs, val_interval=1)
# The weights of the heatmaps' last norms start at 1 and have to grow to about
# 20 for peaks of 255: a matter of course in the 100,000 steps of a training on
# COCO, and out of reach in these 1,000 without a rate of their own.
optim_wrapper = dict(
    optimizer=dict(type='Adam', lr=2e-3),
    paramwise_cfg=dict(
        custom_keys={
            'level_predictors.norms': dict(lr_mult=20),
            'refine_network.predict.1': dict(lr_mult=20),
        }
    ),
)
auto_scale_lr = dict(base_batch_size=16)
param_scheduler = [
    dict(type='LinearLR', begin=0, end=100, start_factor=0.01, by_epoch=False),
    dict(
        type='CosineAnnealingLR',
        T_max=max_epochs,
        end=max_epochs,
        eta_min=1e-5,
        by_epoch=True,
        convert_to_iter_based=True,
    ),
]

default_hooks = dict(logger=dict(interval=20))

# MMPoseInferencer reads these two
dataset_type = 'CocoDataset'
data_mode = 'topdown'
data_root = 'data/synthetic/'
train_pipeline = [
    dict(type='LoadImage'),
    dict(type='GetBBoxCenterScale', padding=1.25),
    dict(type='MarkOccludedKeypoints'),
    dict(type='FastRandomFlip', prob=0.5),
    dict(
        type='FastRandomBBoxTransform',
        shift_prob=0.0,
        scale_factor=(0.85, 1.2),
        rotate_factor=20.0,
        rotate_prob=0.5,
    ),
    dict(type='TopdownAffine', input_size=codec['input_size']),
    dict(type='GenerateTarget', encoder=codec),
    dict(type='PackPoseInputs'),
]
val_pipeline = [
    dict(type='LoadImage'),
    dict(type='GetBBoxCenterScale', padding=1.25),
    dict(type='TopdownAffine', input_size=codec['input_size']),
    dict(type='PackPoseInputs'),
]
# no loader process: on two cores it and training's threads would only wait
# for each other
train_dataloader = dict(
    batch_size=16,
    num_workers=0,
    persistent_workers=False,
    sampler=dict(type='DefaultSampler', shuffle=True),
    dataset=dict(
        type=dataset_type,
        data_root=data_root,
        data_mode=data_mode,
        ann_file='annotations/person_keypoints_train2017.json',
        data_prefix=dict(img='train2017/'),
        pipeline=train_pipeline,
    ),
)
val_dataloader = dict(
    batch_size=64,
    num_workers=0,
    persistent_workers=False,
    drop_last=False,
    sampler=dict(type='DefaultSampler', shuffle=False, round_up=False),
    dataset=dict(
        type=dataset_type,
        data_root=data_root,
        data_mode=data_mode,
        ann_file='annotations/person_keypoints_val2017.json',
        data_prefix=dict(img='val2017/'),
        test_mode=True,
        pipeline=val_pipeline,
    ),
)
test_dataloader = val_dataloader

val_evaluator = dict(
    type='FastCocoMetric',
    ann_file=data_root + 'annotations/person_keypoints_val2017.json',
)
test_evaluator = val_evaluator
