# MLPE with CPN's laterals on HRNet-W32 (Sun et al., CVPR 2019), 256x192; not
# in the paper. 8 GPUs x 32 persons, 200 epochs. Not yet measured.
_base_ = ['../mlpe_resnest50_256x192.py', '../_base_/hrnet_w32.py']

# The neck reads all four branches; HRNet alone returns the finest.
stage4 = dict(_base_.hrnet_w32.extra.stage4, multiscale_output=True)
model = dict(
    backbone=dict(
        _base_.hrnet_w32,
        _delete_=True,
        extra=dict(_base_.hrnet_w32.extra, stage4=stage4),
    ),
    # Without laterals nothing reads the finer maps, and the parameters that
    # the backbone has for them would get no gradient.
    neck=dict(in_channels=(32, 64, 128, 256), lateral_fusion=True),
)
