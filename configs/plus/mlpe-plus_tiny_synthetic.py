# MLPE-plus at 128x96 on generated people: as mlpe_tiny_synthetic.py, 16
# persons, 4 epochs, at the same cost. Gaussians between the cells, and no
# OHKM, which only slows so short a training (docs/results.md).
_base_ = ['../mlpe_tiny_synthetic.py']

codec = dict(_base_.codec, unbiased=True)
model = dict(
    head=dict(
        refine_loss=dict(type='KeypointMSELoss', use_target_weight=True),
        decoder=codec,
    )
)
train_pipeline = [
    *_base_.before_target,
    dict(type='GenerateTarget', encoder=codec),
    _base_.pack,
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
