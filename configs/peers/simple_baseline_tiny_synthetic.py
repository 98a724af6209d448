# Simple Baselines (Xiao et al., ECCV 2018) on generated people at 128x96: the
# backbone, batches (16 persons) and training (4 epochs) of
# mlpe_tiny_synthetic.py. The numbers of the head are our choice.
_base_ = ['../mlpe_tiny_synthetic.py', '../_base_/simple_baseline.py']

# The peak is about as wide as that of the tiny config's finest level, which
# has a sigma of 1.1. MMPose draws a Gaussian a cell off where 3 sigma is not
# an integer, so sigma is 1.
msra = dict(type='MSRAHeatmap', **_base_.sizes, sigma=1)
codec = dict(_delete_=True, **msra)
model = dict(
    neck=None,
    head=dict(
        _base_.simple_baseline_head,
        _delete_=True,
        in_channels=128,
        deconv_out_channels=(64, 64, 64),
        deconv_kernel_sizes=(4, 4, 4),
        decoder=msra,
    ),
    test_cfg=dict(shift_heatmap=True),  # as in MMPose's, for this codec
)
train_pipeline = [
    *_base_.before_target,
    dict(type='GenerateTarget', encoder=msra),
    _base_.pack,
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
