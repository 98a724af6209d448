# The network of mlpe_tiny_synthetic.py on inputs of 128x128, where the
# coarsest map has 4 x 4 cells. 32 persons, 8 epochs. Suite `lspet` trains it
# on photographs.
_base_ = ['_base_/128x128.py']

model = dict(
    # ResNet-18 with a quarter of its channels, from scratch
    backbone=dict(
        type='ResNet', depth=18, base_channels=16, out_indices=(0, 1, 2, 3)
    ),
    neck=dict(
        type='MLPENeck',
        in_channels=(16, 32, 64, 128),
        out_channels=32,
        lateral_fusion=True,
    ),
    head=dict(
        type='MLPEHead',
        in_channels=32,
        out_channels=17,
        decoder=_base_.codec,
    ),
)
