# CPN (Chen et al., CVPR 2018), the network that MLPE started from: ResNet-50,
# 256x192, with MLPE's recipe. 8 GPUs x 32 persons, 200 epochs. pytorch-cpn
# reports AP 71.2 with ground-truth boxes, 69.2 with detected ones.
_base_ = ['../backbones/mlpe_resnet50_256x192.py']

model = dict(
    neck=dict(feature_enhancement=False, upsample='bilinear'),
    head=dict(upsample='bilinear'),
)
