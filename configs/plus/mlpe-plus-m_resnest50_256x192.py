# MLPE-plus with bilinear resizing and 208 channels in the place of 256: 6.6
# billion multiply-adds in the place of 11.8. ResNeSt-50, 256x192. 8 GPUs x 32
# persons, 200 epochs. Not yet measured on COCO; docs/results.md has row
# `plus_trim`, an eighth as wide.
_base_ = ['mlpe-plus_resnest50_256x192.py']

model = dict(
    neck=dict(out_channels=208, upsample='bilinear'),
    head=dict(in_channels=208, upsample='bilinear'),
)
