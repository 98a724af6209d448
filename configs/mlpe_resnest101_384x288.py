# MLPE, row f of the paper's Table I: ResNeSt-101, 384x288.
# 8 GPUs x 32 persons, 200 epochs. Reported by the authors: AP 73.7.
_base_ = ['_base_/384x288.py']

model = dict(
    backbone=dict(
        type='ResNeSt',
        depth=101,
        stem_channels=128,  # the published weights' stem; 64 is the default
        out_indices=(0, 1, 2, 3),
        init_cfg=dict(type='Pretrained', checkpoint='mmcls://resnest101'),
    ),
    neck=dict(type='MLPENeck', in_channels=(256, 512, 1024, 2048)),
    head=dict(type='MLPEHead', out_channels=17, decoder=_base_.codec),
)
