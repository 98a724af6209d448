# MLPE with CPN's laterals on Swin-T (Liu et al., ICCV 2021), 256x192; not in
# the paper. 8 GPUs x 32 persons, 200 epochs. Not yet measured. The backbone
# is that of MMPose's configs, which also train it with Adam and 5e-4.
_base_ = ['../mlpe_resnest50_256x192.py']

model = dict(
    backbone=dict(
        _delete_=True,
        type='SwinTransformer',
        embed_dims=96,
        depths=(2, 2, 6, 2),
        num_heads=(3, 6, 12, 24),
        window_size=7,
        drop_path_rate=0.2,
        out_indices=(0, 1, 2, 3),
        convert_weights=True,
        init_cfg=dict(
            type='Pretrained',
            checkpoint='https://github.com/SwinTransformer/storage/releases/'
            'download/v1.0.0/swin_tiny_patch4_window7_224.pth',
        ),
    ),
    # Without laterals nothing reads the finer maps, and the norms that the
    # backbone has for them would get no gradient.
    neck=dict(in_channels=(96, 192, 384, 768), lateral_fusion=True),
)
