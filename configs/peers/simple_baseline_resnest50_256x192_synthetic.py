# Simple Baselines (Xiao et al., ECCV 2018) with the backbone and training of
# mlpe_resnest50_256x192_synthetic.py, for suite `gpu`.
_base_ = ['../mlpe_resnest50_256x192_synthetic.py']

msra = dict(
    type='MSRAHeatmap', input_size=(192, 256), heatmap_size=(48, 64), sigma=2
)
codec = dict(_delete_=True, **msra)

model = dict(
    neck=None,
    head=dict(
        _delete_=True,
        type='HeatmapHead',
        in_channels=2048,
        out_channels=17,
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
