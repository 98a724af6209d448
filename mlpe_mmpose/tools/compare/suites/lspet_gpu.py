# Suite `lspet` at 256x256 for a GPU: ResNeSt-50 in the place of the small
# ResNet-18, and networks of the usual sizes beside it, all from random
# weights.
#
#   SUITE=lspet_gpu benchmarks/gpu_suite.sh OUT MINUTES
#
# docs/compare.md says how the data get to the machine.
_base_ = [
    'lspet.py',
    'mlpe_mmpose::_base_/hrnet_w32.py',
    'mlpe_mmpose::_base_/mspn50.py',
]

config = 'mlpe_resnest50_256x256_synthetic.py'
SIZES_256 = dict(input_size=(256, 256), heatmap_size=(64, 64))
# The names differ from those of lspet.py, which MMEngine would merge.
# What the heads of the config decode with, until a row has another codec
CODEC_256 = dict(type='MLPEHeatmap', **SIZES_256, kernel_sizes=(15, 11, 9, 7))
# MMPose's sigma, and its blur for an unbiased codec of this sigma
MSRA_256 = dict(
    _delete_=True,
    type='MSRAHeatmap',
    **SIZES_256,
    sigma=2,
    blur_kernel_size=11,
)
MEGVII_256 = dict(type='MegviiHeatmap', **SIZES_256, kernel_size=5)
SIMCC_256 = dict(
    _base_.simcc,
    _delete_=True,
    input_size=SIZES_256['input_size'],
    sigma=(5.66, 5.66),
)

# widths of MLPE's neck and head, 8 times those of the small network
WIDTHS = 'model.neck.out_channels', 'model.head.in_channels'
HEAD_256 = dict(_base_.heatmap_head, in_channels=2048, decoder=CODEC_256)
NO_DECONV_256 = dict(HEAD_256, deconv_out_channels=None)
# MMPose's default: three transposed convolutions to 256 channels
ONE_LEVEL_256 = dict(NO_DECONV_256, in_channels=256)

# without the published weights, so that MMPose's own initial weights remain
HRNET_W32, MSPN50 = (
    {key: value for key, value in part.items() if key != 'init_cfg'}
    for part in (_base_.hrnet_w32, _base_.mspn50['backbone'])
)
HRNET_256 = {
    'model.backbone': dict(HRNET_W32, _delete_=True),
    'model.head': dict(NO_DECONV_256, in_channels=32),
}
# 30 of 32 channels: 6.9 billion multiply-adds at 256x192
HRNET_NARROW_256 = {
    **HRNET_256,
    'model.backbone.extra.stage1.num_channels': (64,),
    'model.backbone.extra.stage2.num_channels': (30, 60),
    'model.backbone.extra.stage3.num_channels': (30, 60, 120),
    'model.backbone.extra.stage4.num_channels': (30, 60, 120, 240),
    'model.head': dict(NO_DECONV_256, in_channels=30),
}

# what a row has in the place of the small network's parts
LARGE = {
    'simple_baseline': {'model.head': HEAD_256},
    'simple_baseline_dark': {'model.head': HEAD_256},
    'simple_baseline_reduced': {
        'model.neck': dict(
            _base_.reduced_c5, in_channels=[2048], out_channels=256
        ),
        'model.head': dict(HEAD_256, in_channels=256),
    },
    'c_one_level': {'model.head': ONE_LEVEL_256},
    'c_one_level_relu': {'model.head': ONE_LEVEL_256},
    'hrnet': HRNET_256,
    'hrnet_dark': HRNET_256,
    'hrnet_narrow': HRNET_NARROW_256,
    'hrnet_narrow_dark': HRNET_NARROW_256,
    'plain_head': {
        'model.head': dict(
            NO_DECONV_256,
            in_channels=256,
            conv_out_channels=(256,),
            conv_kernel_sizes=(3,),
        ),
    },
    'mspn': {
        'codec': dict(MEGVII_256, _delete_=True),
        'model.backbone': dict(MSPN50, _delete_=True),
        'model.head': dict(
            _base_.mspn50['head'],
            _delete_=True,
            out_shape=(64, 64),
            decoder=MEGVII_256,
        ),
        'train_dataloader.dataset.pipeline': [
            *_base_.before_crop,
            dict(type='TopdownAffine', input_size=SIZES_256['input_size']),
            dict(
                type='GenerateTarget',
                multilevel=True,
                encoder=[
                    dict(MEGVII_256, kernel_size=size)
                    for size in (11, 9, 7, 5)
                ],
            ),
            _base_.pack,
        ],
    },
    'rtmpose_head': {
        'model.head': dict(
            _base_.rtmcc_head,
            _delete_=True,
            in_channels=2048,
            input_size=SIZES_256['input_size'],
            in_featuremap_size=(8, 8),
            decoder=CODEC_256,
        ),
    },
    # ViTPose-S, as in MMPose's td-hm_ViTPose-small_8xb64-210e_coco-256x192.py
    'vitpose_like': {
        'model.backbone': dict(
            _base_.vit,
            arch=dict(
                embed_dims=384,
                num_layers=12,
                num_heads=12,
                feedforward_channels=1536,
            ),
            img_size=SIZES_256['input_size'],
            drop_path_rate=0.1,
        ),
        'model.head': dict(
            HEAD_256,
            in_channels=384,
            deconv_out_channels=(256, 256),
            deconv_kernel_sizes=(4, 4),
        ),
    },
}
CODECS = {'MSRAHeatmap': MSRA_256, 'SimCCLabel': SIMCC_256}

experiments = [
    dict(
        row,
        options={
            key: 8 * value if key in WIDTHS else value
            for key, value in {
                **row.get('options', {}),
                **LARGE.get(row['name'], {}),
            }.items()
        },
        codec={
            **row.get('codec', {}),
            **CODECS.get(row.get('codec', {}).get('type'), {}),
        },
    )
    for row in _base_.experiments
]
