# MSPN (Li et al., 2019) of one stage with MLPE's recipe: 256x192, 8 GPUs x 32
# persons, 200 epochs. Network, head and losses are MMPose's.
_base_ = ['../_base_/coco_recipe.py']

# a codec a level, coarse to fine, as in MMPose's MSPN
levels = [
    dict(
        type='MegviiHeatmap',
        input_size=(192, 256),
        heatmap_size=(48, 64),
        kernel_size=kernel_size,
    )
    for kernel_size in (11, 9, 7, 5)
]
codec = levels[-1]

model = dict(
    backbone=dict(
        type='MSPN',
        unit_channels=256,
        num_stages=1,
        num_units=4,
        num_blocks=[3, 4, 6, 3],
        norm_cfg=dict(type='BN'),
        init_cfg=dict(type='Pretrained', checkpoint='torchvision://resnet50'),
    ),
    head=dict(
        type='MSPNHead',
        out_shape=(64, 48),
        unit_channels=256,
        out_channels=17,
        num_stages=1,
        num_units=4,
        norm_cfg=dict(type='BN'),
        level_indices=[0, 1, 2, 3],
        loss=[
            dict(
                type='KeypointMSELoss',
                use_target_weight=True,
                loss_weight=0.25,
            )
        ]
        * 3
        + [dict(type='KeypointOHKMMSELoss', use_target_weight=True)],
        decoder=codec,
    ),
)

train_pipeline = [
    *_base_.augmentation,
    dict(type='TopdownAffine', input_size=codec['input_size']),
    dict(type='RandomChannelGain'),
    dict(type='GenerateTarget', multilevel=True, encoder=levels),
    dict(type='PackPoseInputs'),
]
val_pipeline = [
    *_base_.loading,
    dict(type='TopdownAffine', input_size=codec['input_size']),
    dict(type='PackPoseInputs'),
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=val_pipeline))
