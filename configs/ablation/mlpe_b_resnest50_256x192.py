# MLPE, row b of the paper's Table I: feature enhancement, bilinear.
# 8 GPUs x 32 persons, 200 epochs. Reported by the authors: AP 70.2.
_base_ = ['../mlpe_resnest50_256x192.py']

model = dict(neck=dict(upsample='bilinear'), head=dict(upsample='bilinear'))
