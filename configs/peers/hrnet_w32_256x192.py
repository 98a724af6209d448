# HRNet-W32 (Sun et al., CVPR 2019) with MLPE's recipe: 256x192, 8 GPUs x 32
# persons, 200 epochs. Not yet measured; with its own recipe MMPose reports AP
# 74.6. Network and head are MMPose's.
_base_ = ['simple_baseline_resnest50_256x192.py', '../_base_/hrnet_w32.py']

model = dict(
    backbone=dict(_base_.hrnet_w32, _delete_=True),
    head=dict(in_channels=32, deconv_out_channels=None),
)
