# MLPE, row e of the paper's Table I: ResNeSt-50, 384x288.
# 8 GPUs x 32 persons, 200 epochs. Reported by the authors: AP 72.4.
_base_ = ['mlpe_resnest101_384x288.py']

model = dict(
    backbone=dict(
        depth=50,
        stem_channels=64,  # the published weights' stem of this depth
        init_cfg=dict(checkpoint='mmcls://resnest50'),
    )
)
