# MLPE with CPN's laterals on ConvNeXt-T (Liu et al., CVPR 2022), 256x192; not
# in the paper. 8 GPUs x 32 persons, 200 epochs. Not yet measured. AdamW, its
# decay and the drop path rate are those of the ConvNeXt paper; the learning
# rate is our choice, that of all configs here.
_base_ = ['../mlpe_resnest50_256x192.py']

model = dict(
    backbone=dict(
        _delete_=True,
        type='mmpretrain.ConvNeXt',
        arch='tiny',
        drop_path_rate=0.1,
        out_indices=(0, 1, 2, 3),
        gap_before_final_norm=False,  # feature maps, not one vector an image
        init_cfg=dict(
            type='Pretrained',
            prefix='backbone.',
            checkpoint='https://download.openmmlab.com/mmclassification/v0/'
            'convnext/convnext-tiny_32xb128-noema_in1k_20221208-5d4509c7.pth',
        ),
    ),
    # Without laterals nothing reads the finer maps, and the norms that the
    # backbone has for them would get no gradient.
    neck=dict(in_channels=(96, 192, 384, 768), lateral_fusion=True),
)
optim_wrapper = dict(
    optimizer=dict(_delete_=True, type='AdamW', lr=5e-4, weight_decay=0.05),
    paramwise_cfg=dict(norm_decay_mult=0.0, bias_decay_mult=0.0),
)
