# MLPE-plus at the size of mlpe_tiny_synthetic.py, for as long, at its cost:
# Gaussians between the cells, and no OHKM, which only slows so short a
# training (docs/results.md).
_base_ = ['../mlpe_tiny_synthetic.py']

codec = dict(
    type='UnbiasedMLPEHeatmap',
    input_size=(96, 128),
    heatmap_size=(24, 32),
    kernel_sizes=(9, 7, 5, 5),
)

model = dict(
    head=dict(
        refine_loss=dict(type='KeypointMSELoss', use_target_weight=True),
        decoder=codec,
    )
)

train_dataloader = dict(
    dataset=dict(
        pipeline=[
            *_base_.train_pipeline[:-2],
            dict(type='GenerateTarget', encoder=codec),
            dict(type='PackPoseInputs'),
        ]
    )
)
