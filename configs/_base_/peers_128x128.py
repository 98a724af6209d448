# Peers of mlpe_resnet18_128x128_synthetic.py, for suites: codecs, heads and
# backbones of about the same cost. The structure is that of MMPose's configs;
# the widths are our choice.
_base_ = ['../mlpe_resnet18_128x128_synthetic.py', 'rtmpose.py']

mse = dict(type='KeypointMSELoss', use_target_weight=True)

# Simple Baselines on C5, which has 128 channels; sigma as in
# peers/simple_baseline_tiny_synthetic.py
msra = dict(_delete_=True, type='MSRAHeatmap', **_base_.sizes, sigma=1)
# DARK, with the blur of 5 cells that the other codecs have here
dark = dict(msra, unbiased=True, blur_kernel_size=5)
heatmap_head = dict(
    _delete_=True,
    type='HeatmapHead',
    in_channels=128,
    out_channels=17,
    loss=mse,
    decoder=_base_.codec,
)
deconvs = dict(deconv_out_channels=(64, 64, 64), deconv_kernel_sizes=(4, 4, 4))
# C5 reduced to the width of MLPE's neck
reduced_c5 = dict(
    _delete_=True,
    type='ChannelMapper',
    in_channels=[128],
    out_channels=32,
    kernel_size=1,
    norm_cfg=dict(type='BN'),
)

# MSPN's stem has 64 channels in MMPose, whatever the arguments, so that this
# one is four times as expensive
mspn_shared = dict(
    unit_channels=32, num_stages=1, num_units=4, norm_cfg=dict(type='BN')
)
mspn_backbone = dict(
    mspn_shared, _delete_=True, type='MSPN', num_blocks=[1, 1, 1, 1]
)
megvii = dict(type='MegviiHeatmap', **_base_.sizes, kernel_size=5)
mspn_pipeline = [
    *_base_.before_target,
    dict(
        type='GenerateTarget',
        multilevel=True,
        encoder=[dict(megvii, kernel_size=size) for size in (11, 9, 7, 5)],
    ),
    _base_.pack,
]
mspn_head = dict(
    mspn_shared,
    _delete_=True,
    type='MSPNHead',
    out_channels=17,
    out_shape=(32, 32),
    level_indices=[0, 1, 2, 3],
    loss=[
        *[dict(mse, loss_weight=0.25)] * 3,
        dict(type='KeypointOHKMMSELoss', use_target_weight=True),
    ],
    decoder=megvii,
)

hrnet_w16 = dict(
    _delete_=True,
    type='HRNet',
    extra=dict(
        stage1=dict(
            num_modules=1,
            num_branches=1,
            block='BOTTLENECK',
            num_blocks=(1,),
            num_channels=(16,),
        ),
        stage2=dict(
            num_modules=1,
            num_branches=2,
            block='BASIC',
            num_blocks=(1, 1),
            num_channels=(16, 32),
        ),
        stage3=dict(
            num_modules=1,
            num_branches=3,
            block='BASIC',
            num_blocks=(2, 2, 2),
            num_channels=(16, 32, 64),
        ),
        stage4=dict(
            num_modules=1,
            num_branches=4,
            block='BASIC',
            num_blocks=(1, 1, 1, 1),
            num_channels=(16, 32, 64, 128),
        ),
    ),
)

# three quarters of the width
hrnet_w12 = dict(
    hrnet_w16,
    extra={
        name: dict(
            stage,
            num_channels=tuple(c * 3 // 4 for c in stage['num_channels']),
        )
        for name, stage in hrnet_w16['extra'].items()
    },
)

simcc_4x4 = dict(
    _base_.simcc,
    _delete_=True,
    input_size=_base_.sizes['input_size'],
    sigma=(4.0, 4.0),
)
rtmcc_4x4 = dict(
    _base_.rtmcc_head,
    _delete_=True,
    in_channels=128,
    input_size=_base_.sizes['input_size'],
    in_featuremap_size=(4, 4),
    decoder=_base_.codec,
)

vit = dict(
    _delete_=True,
    type='mmpretrain.VisionTransformer',
    arch=dict(
        embed_dims=128, num_layers=6, num_heads=4, feedforward_channels=512
    ),
    img_size=_base_.sizes['input_size'],
    patch_size=16,
    qkv_bias=True,
    with_cls_token=False,
    out_type='featmap',
    patch_cfg=dict(padding=2),
)
