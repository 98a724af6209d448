# MLPE-plus, see mlpe-plus_resnest50_256x192.py; ResNeSt-50, 384x288.
# 8 GPUs x 32 persons, 200 epochs. Not yet measured.
_base_ = ['mlpe-plus_resnest101_384x288.py']

model = dict(
    backbone=dict(
        depth=50,
        stem_channels=64,  # the published weights' stem of this depth
        init_cfg=dict(checkpoint='mmcls://resnest50'),
    )
)
