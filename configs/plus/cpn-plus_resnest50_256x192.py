# CPN's network, trained as MLPE-plus: no feature enhancement, bilinear
# resizing, 7.1 billion multiply-adds. ResNeSt-50, 256x192. 8 GPUs x 32
# persons, 200 epochs. Not yet measured on COCO; docs/results.md has row
# `cpn_all_keypoints`, an eighth as wide.
_base_ = ['mlpe-plus_resnest50_256x192.py']

model = dict(
    neck=dict(feature_enhancement=False, upsample='bilinear'),
    head=dict(upsample='bilinear'),
)
