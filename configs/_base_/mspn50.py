# MSPN (Li et al., 2019) of one stage on ResNet-50, as in MMPose's
# td-hm_mspn50_8xb32-210e_coco-256x192.py.
mspn50_shared = dict(
    unit_channels=256, num_stages=1, num_units=4, norm_cfg=dict(type='BN')
)
# three coarse levels, and the finest with OHKM
coarse_loss = dict(
    type='KeypointMSELoss', use_target_weight=True, loss_weight=0.25
)
mspn50 = dict(
    backbone=dict(
        **mspn50_shared,
        type='MSPN',
        num_blocks=[3, 4, 6, 3],
        init_cfg=dict(type='Pretrained', checkpoint='torchvision://resnet50'),
    ),
    head=dict(
        **mspn50_shared,
        type='MSPNHead',
        out_channels=17,
        level_indices=[0, 1, 2, 3],
        loss=[coarse_loss] * 3
        + [dict(type='KeypointOHKMMSELoss', use_target_weight=True)],
    ),
)
