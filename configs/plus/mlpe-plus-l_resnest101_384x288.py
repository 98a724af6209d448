# MLPE-plus-m on ResNeSt-101, 384x288. 8 GPUs x 32 persons, 200 epochs. Not
# yet measured.
_base_ = ['mlpe-plus_resnest101_384x288.py']

model = dict(
    neck=dict(out_channels=208, upsample='bilinear'),
    head=dict(in_channels=208, upsample='bilinear'),
)
