# MLPE-plus-m on ResNet-18, 256x192. 8 GPUs x 32 persons, 200 epochs. Not yet
# measured.
_base_ = ['mlpe-plus-m_resnest50_256x192.py']

model = dict(
    backbone=dict(
        _delete_=True,
        type='ResNet',
        depth=18,
        out_indices=(0, 1, 2, 3),
        init_cfg=dict(type='Pretrained', checkpoint='torchvision://resnet18'),
    ),
    neck=dict(in_channels=(64, 128, 256, 512)),
)
