# The network of mlpe_resnest50_256x192_synthetic.py on inputs of 256x256, from
# scratch. One GPU x 64 persons, 8 epochs. Suite `lspet_gpu` trains it on
# photographs. The rate is that of 256x192.
_base_ = ['_base_/256x256_synthetic.py']

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
optim_wrapper = dict(
    type='AmpOptimWrapper', dtype='bfloat16', optimizer=dict(lr=1e-3)
)
