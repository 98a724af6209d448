# MLPE beside other networks on photographs of people who jump, climb and do
# gymnastics: Leeds Sports Pose Extended (Johnson and Everingham, CVPR 2011) in
# COCO's format, with CrowdPose's 14 keypoints. 8 epochs of 281 steps.
#
#   python -m mlpe_mmpose compare lspet --data data/lspet --out OUT
#
# Every row has the data, augmentation, batches and schedule of NETWORK, and
# its ResNet-18 of quarter width unless the method has a backbone of its own.
# Widths that are not the method's are our choice, for about equal costs.
_base_ = ['mlpe_mmpose::mlpe_resnet18_128x128_synthetic.py']

data = dict(
    train=dict(ann_file='train.json', img='train/'),
    val=dict(ann_file='val.json', img='val/'),
    metainfo='configs/_base_/datasets/crowdpose.py',
    prefix='lspet',
)
options = {'default_hooks.logger.interval': 50}

NETWORK = 'mlpe_resnet18_128x128_synthetic.py'
PLAIN = {'model.neck.lateral_fusion': False}
BILINEAR = {
    'model.neck.upsample': 'bilinear',
    'model.head.upsample': 'bilinear',
}
UNENHANCED = {'model.neck.feature_enhancement': False}
# all keypoints count, not only the hardest
MSE = dict(type='KeypointMSELoss', use_target_weight=True)
NOTHING = dict(MSE, loss_weight=0.0)
ALL = {'model.head.refine_loss': MSE}
UNBIASED = dict(unbiased=True)
HALF_WIDTH = {'model.neck.out_channels': 16, 'model.head.in_channels': 16}

# the codec and the head of Simple Baselines, see
# peers/simple_baseline_tiny_synthetic.py
SIZES = _base_.sizes
MSRA = dict(_delete_=True, type='MSRAHeatmap', **SIZES, sigma=1)
SHIFT = {'model.test_cfg.shift_heatmap': True}
HEATMAPS = dict(
    _delete_=True,
    type='HeatmapHead',
    in_channels=128,
    out_channels=14,
    loss=MSE,
    decoder=_base_.codec,
)
DECONVS = dict(
    deconv_out_channels=(64, 64, 64), deconv_kernel_sizes=(4, 4, 4)
)
SIMPLE_BASELINE = {
    **SHIFT,
    'model.neck': None,
    'model.head': dict(HEATMAPS, **DECONVS),
}
# what reduces C5 to the width of the neck, as the paper's network does
REDUCED = dict(
    _delete_=True,
    type='ChannelMapper',
    in_channels=[128],
    out_channels=32,
    kernel_size=1,
    norm_cfg=dict(type='BN'),
)
# the paper's neck alone, whose finest map MMPose's head reads
ONE_LEVEL = {
    **PLAIN,
    **SHIFT,
    'model.neck.num_outs': 1,
    'model.head': dict(HEATMAPS, in_channels=32, deconv_out_channels=None),
}

# MSPN's stem has 64 channels in MMPose, so that it cannot be narrower
MSPN = dict(
    unit_channels=32, num_stages=1, num_units=4, norm_cfg=dict(type='BN')
)
MEGVII = dict(type='MegviiHeatmap', **SIZES, kernel_size=5)
COARSE_MSE = dict(MSE, loss_weight=0.25)
HARDEST_MSE = dict(type='KeypointOHKMMSELoss', use_target_weight=True)
MSPN_PIPELINE = [
    *_base_.before_target,
    dict(
        type='GenerateTarget',
        multilevel=True,
        encoder=[dict(MEGVII, kernel_size=size) for size in (11, 9, 7, 5)],
    ),
    _base_.pack,
]
HRNET = dict(
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
)
# RTMPose's: bins of half a pixel, and a sigma of sqrt(size / 8)
SIMCC = dict(
    _delete_=True,
    type='SimCCLabel',
    input_size=SIZES['input_size'],
    sigma=(4.0, 4.0),
    simcc_split_ratio=2.0,
    normalize=False,
    use_dark=False,
)
RTMCC = dict(
    _delete_=True,
    type='RTMCCHead',
    in_channels=128,
    out_channels=14,
    input_size=SIZES['input_size'],
    in_featuremap_size=(4, 4),
    simcc_split_ratio=2.0,
    final_layer_kernel_size=7,
    gau_cfg=dict(
        hidden_dims=256,
        s=128,
        expansion_factor=2,
        dropout_rate=0.0,
        drop_path=0.0,
        act_fn='SiLU',
        use_rel_bias=False,
        pos_enc=False,
    ),
    loss=dict(
        type='KLDiscretLoss',
        use_target_weight=True,
        beta=10.0,
        label_softmax=True,
    ),
    decoder=_base_.codec,
)
VIT = dict(
    _delete_=True,
    type='mmpretrain.VisionTransformer',
    arch=dict(
        embed_dims=128,
        num_layers=6,
        num_heads=4,
        feedforward_channels=512,
    ),
    img_size=SIZES['input_size'],
    patch_size=16,
    qkv_bias=True,
    with_cls_token=False,
    out_type='featmap',
    patch_cfg=dict(padding=2),
)

experiments = [
    dict(name='c', config=NETWORK, options=PLAIN),
    dict(
        name='a',
        config=NETWORK,
        options={**PLAIN, **UNENHANCED, **BILINEAR},
        against='c',
    ),
    dict(name='mlpe', config=NETWORK, against='c'),
    dict(
        name='plus',
        config=NETWORK,
        options=ALL,
        codec=UNBIASED,
        against='mlpe',
    ),
    dict(
        name='cpn',
        config=NETWORK,
        options={**UNENHANCED, **BILINEAR},
        against='plus',
    ),
    dict(
        name='simple_baseline',
        config=NETWORK,
        options={**SIMPLE_BASELINE, 'model.backbone.out_indices': (3,)},
        codec=MSRA,
        against='plus',
    ),
    dict(
        name='mspn',
        config=NETWORK,
        options={
            'codec': dict(MEGVII, _delete_=True),
            'model.backbone': dict(
                MSPN, _delete_=True, type='MSPN', num_blocks=[1, 1, 1, 1]
            ),
            'model.neck': None,
            'model.head': dict(
                MSPN,
                _delete_=True,
                type='MSPNHead',
                out_channels=14,
                out_shape=SIZES['heatmap_size'],
                level_indices=[0, 1, 2, 3],
                loss=[*[COARSE_MSE] * 3, HARDEST_MSE],
                decoder=MEGVII,
            ),
            'train_dataloader.dataset.pipeline': MSPN_PIPELINE,
        },
        against='plus',
    ),
    dict(
        name='hrnet',
        config=NETWORK,
        options={
            **SHIFT,
            'model.backbone': dict(_delete_=True, type='HRNet', extra=HRNET),
            'model.neck': None,
            'model.head': dict(
                HEATMAPS, in_channels=16, deconv_out_channels=None
            ),
        },
        codec=MSRA,
        against='plus',
    ),
    dict(
        name='rtmpose_head',
        config=NETWORK,
        options={
            'model.backbone.out_indices': (3,),
            'model.neck': None,
            'model.head': RTMCC,
        },
        codec=SIMCC,
        against='plus',
    ),
    dict(
        name='vitpose_like',
        config=NETWORK,
        options={
            **SHIFT,
            'model.backbone': VIT,
            'model.neck': None,
            'model.head': dict(
                HEATMAPS,
                deconv_out_channels=(64, 64),
                deconv_kernel_sizes=(4, 4),
            ),
        },
        codec=MSRA,
        against='plus',
    ),
    # from c to Simple Baselines, one step a row
    dict(
        name='c_all_keypoints',
        config=NETWORK,
        options={**PLAIN, **ALL},
        against='c',
    ),
    dict(
        name='c_no_level_loss',
        config=NETWORK,
        options={**PLAIN, **ALL, 'model.head.level_loss': NOTHING},
        against='c_all_keypoints',
    ),
    # one level, with the targets and the loss of Simple Baselines
    dict(
        name='c_one_level',
        config=NETWORK,
        options=ONE_LEVEL,
        codec=MSRA,
        against='c_no_level_loss',
    ),
    dict(
        name='c_one_level_relu',
        config=NETWORK,
        options={**ONE_LEVEL, 'model.neck.upsample_act_cfg': dict(type='ReLU')},
        codec=MSRA,
        against='c_one_level',
    ),
    dict(
        name='simple_baseline_reduced',
        config=NETWORK,
        options={
            **SIMPLE_BASELINE,
            'model.backbone.out_indices': (3,),
            'model.neck': REDUCED,
            'model.head': dict(HEATMAPS, **DECONVS, in_channels=32),
        },
        codec=MSRA,
        against='simple_baseline',
    ),
    # the other way round: what explains the gap, put into c and into plus
    dict(
        name='c_relu',
        config=NETWORK,
        options={**PLAIN, 'model.neck.upsample_act_cfg': dict(type='ReLU')},
        against='c',
    ),
    dict(
        name='c_unreduced',
        config=NETWORK,
        options={**PLAIN, 'model.neck.reduce_coarsest': False},
        against='c',
    ),
    dict(
        name='plus_unreduced',
        config=NETWORK,
        options={**ALL, 'model.neck.reduce_coarsest': False},
        codec=UNBIASED,
        against='plus',
    ),
    # plus, cheaper; with ResNeSt-50 at 256x192 these are 6.4, 6.4 and 6.6
    # billion multiply-adds (plus 11.9) at 8 times the width
    dict(
        name='plus_narrow_bilinear',
        config=NETWORK,
        options={**ALL, **HALF_WIDTH, 'model.head.upsample': 'bilinear'},
        codec=UNBIASED,
        against='plus',
    ),
    dict(
        name='plus_narrow_joined',
        config=NETWORK,
        options={**ALL, **HALF_WIDTH, 'model.head.join_channels': 8},
        codec=UNBIASED,
        against='plus',
    ),
    dict(
        name='plus_narrow_joined_unreduced',
        config=NETWORK,
        options={
            **ALL,
            **HALF_WIDTH,
            'model.head.join_channels': 8,
            'model.neck.reduce_coarsest': False,
        },
        codec=UNBIASED,
        against='plus_narrow_joined',
    ),
]
