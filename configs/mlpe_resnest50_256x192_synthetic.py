# MLPE at 256x192 on generated people, from scratch, for suite `gpu`; not in
# the paper. One GPU x 64 persons, 10 epochs, which takes about a minute.
# Our choice: the laterals and the schedule of the tiny config, with more
# epochs and a rate for larger batches.
_base_ = ['_base_/256x192_synthetic.py']

model = dict(
    backbone=dict(type='ResNeSt', depth=50, out_indices=(0, 1, 2, 3)),
    neck=dict(
        type='MLPENeck',
        in_channels=(256, 512, 1024, 2048),
        out_channels=256,
        lateral_fusion=True,
    ),
    head=dict(
        type='MLPEHead',
        in_channels=256,
        out_channels=17,
        decoder=_base_.codec,
    ),
)

max_epochs = 10
train_cfg = dict(max_epochs=max_epochs)
optim_wrapper = dict(
    type='AmpOptimWrapper', dtype='bfloat16', optimizer=dict(lr=1e-3)
)
param_scheduler = [
    _base_.warm_up,
    dict(_base_.cosine_decay, T_max=max_epochs, end=max_epochs),
]
