# MLPE, row a of the paper's Table I: no feature enhancement, bilinear.
# 8 GPUs x 32 persons, 200 epochs. Reported by the authors: AP 70.1.
_base_ = ['../mlpe_resnest50_256x192.py']

model = dict(
    neck=dict(feature_enhancement=False, upsample='bilinear'),
    head=dict(upsample='bilinear'),
)
