# MLPE at 128x96 on generated people, for the demo and the tests; not in the
# paper. 16 persons, 4 epochs, which two CPU cores train in four minutes.
# ResNet-18 with a quarter of its channels, from scratch, is our choice.
_base_ = ['_base_/128x96.py']

model = dict(
    backbone=dict(
        type='ResNet', depth=18, base_channels=16, out_indices=(0, 1, 2, 3)
    ),
    # CPN's laterals are our choice: the coarsest map has 4 x 3 cells here, too
    # few to locate a keypoint, and without laterals the AP is about half
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
