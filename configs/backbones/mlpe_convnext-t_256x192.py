# MLPE on ConvNeXt-T (Liu et al., CVPR 2022) of mmpretrain, 256x192. 8 GPUs x
# 32 persons, 200 epochs. The optimizer is ConvNeXt's kind; the learning rate
# is that of all configs here.
_base_ = ['../mlpe_resnest50_256x192.py']

model = dict(
    backbone=dict(
        _delete_=True,
        type='mmpretrain.ConvNeXt',
        arch='tiny',
        drop_path_rate=0.1,
        out_indices=(0, 1, 2, 3),
        gap_before_final_norm=False,  # maps, and not a class's vector
        init_cfg=dict(
            type='Pretrained',
            prefix='backbone.',
            checkpoint='https://download.openmmlab.com/mmclassification/v0/'
            'convnext/convnext-tiny_32xb128-noema_in1k_20221208-5d4509c7.pth',
        ),
    ),
    # without laterals nothing reads the finer maps, and parameters of
    # theirs would have no gradient
    neck=dict(in_channels=(96, 192, 384, 768), lateral_fusion=True),
)
optim_wrapper = dict(
    optimizer=dict(_delete_=True, type='AdamW', lr=5e-4, weight_decay=0.05),
    paramwise_cfg=dict(norm_decay_mult=0.0, bias_decay_mult=0.0),
)
