# MLPE, row c of the paper's Table I: ResNeSt-50, 256x192.
# 8 GPUs x 32 persons, 200 epochs. Reported by the authors: AP 70.4.
_base_ = ['_base_/256x192.py']

model = dict(
    backbone=dict(
        type='ResNeSt',
        depth=50,
        out_indices=(0, 1, 2, 3),
        init_cfg=dict(type='Pretrained', checkpoint='mmcls://resnest50'),
    ),
    neck=dict(type='MLPENeck', in_channels=(256, 512, 1024, 2048)),
    head=dict(type='MLPEHead', out_channels=17, decoder=_base_.codec),
)
