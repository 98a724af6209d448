# MLPE-plus at half the width, whose maps are reduced before they are joined:
# 6.4 billion multiply-adds in the place of 11.9. ResNeSt-50, 256x192. 8 GPUs
# x 32 persons, 200 epochs. Not yet measured.
_base_ = ['mlpe-plus_resnest50_256x192.py']

model = dict(
    neck=dict(out_channels=128), head=dict(in_channels=128, join_channels=64)
)
