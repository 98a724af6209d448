# MLPE with CPN's laterals on ResNet-50 (He et al., CVPR 2016), 256x192; not
# in the paper. 8 GPUs x 32 persons, 200 epochs. Not yet measured.
_base_ = ['../mlpe_resnest50_256x192.py']

model = dict(
    backbone=dict(
        _delete_=True,
        type='ResNet',
        depth=50,
        out_indices=(0, 1, 2, 3),
        init_cfg=dict(type='Pretrained', checkpoint='torchvision://resnet50'),
    ),
    neck=dict(lateral_fusion=True),
)
