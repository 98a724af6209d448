# Simple Baselines (Xiao et al., ECCV 2018) at the size of the demo, for the
# comparison on generated people: the tiny config's backbone and training.
_base_ = ['../mlpe_tiny_synthetic.py']

# about the peak of the tiny config's finest level, which has a sigma of 1.1;
# but of that MMPose's Gaussians are a cell off: 3 sigma has to be an integer
msra = dict(
    type='MSRAHeatmap', input_size=(96, 128), heatmap_size=(24, 32), sigma=1
)
codec = dict(_delete_=True, **msra)

model = dict(
    neck=None,
    head=dict(
        _delete_=True,
        type='HeatmapHead',
        in_channels=128,
        out_channels=17,
        deconv_out_channels=(64, 64, 64),
        deconv_kernel_sizes=(4, 4, 4),
        loss=dict(type='KeypointMSELoss', use_target_weight=True),
        decoder=msra,
    ),
    test_cfg=dict(shift_heatmap=True),  # as in MMPose's, for this codec
)

train_pipeline = [
    *_base_.train_pipeline[:-2],
    dict(type='GenerateTarget', encoder=msra),
    dict(type='PackPoseInputs'),
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
