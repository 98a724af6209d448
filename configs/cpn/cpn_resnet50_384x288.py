# CPN (Chen et al., CVPR 2018), the network that MLPE started from: ResNet-50,
# 384x288, with MLPE's recipe. 8 GPUs x 32 persons, 200 epochs. pytorch-cpn
# reports AP 74.1 with ground-truth boxes, 72.2 with detected ones.
_base_ = ['../mlpe_resnest50_384x288.py']

model = dict(
    backbone=dict(
        _delete_=True,
        type='ResNet',
        depth=50,
        out_indices=(0, 1, 2, 3),
        init_cfg=dict(type='Pretrained', checkpoint='torchvision://resnet50'),
    ),
    neck=dict(
        feature_enhancement=False, upsample='bilinear', lateral_fusion=True
    ),
    head=dict(upsample='bilinear'),
)
