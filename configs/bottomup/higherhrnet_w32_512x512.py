# HigherHRNet's line (Cheng et al., CVPR 2020): associative embedding on
# HRNet-W32, as MMPose has it, without HigherHRNet's second heatmaps. 8 GPUs x
# 24 images, 300 epochs. Not yet measured; MMPose reports AP 65.6 for its own.
_base_ = ['../_base_/512x512_bottomup.py', '../_base_/hrnet_w32.py']

model = dict(
    type='BottomupPoseEstimator',
    backbone=_base_.hrnet_w32,
    head=dict(_base_.embedding_head, decoder=_base_.decoder),
    test_cfg=_base_.embedding_test,
)

train_cfg = dict(max_epochs=300)
optim_wrapper = dict(optimizer=dict(_delete_=True, type='Adam', lr=1.5e-3))
drop = dict(type='MultiStepLR', milestones=[200, 260], end=300, gamma=0.1)
param_scheduler = [_base_.warm_up, drop]
auto_scale_lr = dict(base_batch_size=192)
