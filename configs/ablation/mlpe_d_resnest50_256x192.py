# MLPE, row d of the paper's Table I: a "receptive field" of 1. The paper does
# not say of which convolution; the level predictions' last one is our reading.
# 8 GPUs x 32 persons, 200 epochs. Reported by the authors: AP 70.2.
_base_ = ['../mlpe_resnest50_256x192.py']

model = dict(head=dict(predict_kernel_size=1))
