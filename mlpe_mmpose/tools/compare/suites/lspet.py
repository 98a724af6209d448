# MLPE beside other networks on photographs of people who jump, climb and do
# gymnastics: Leeds Sports Pose Extended (Johnson and Everingham, CVPR 2011) in
# COCO's format, with CrowdPose's 14 keypoints. 8 epochs of 281 steps.
#
#   python -m mlpe_mmpose compare lspet --data data/lspet --out OUT
#
# Every row has the data, augmentation, batches and schedule of `config`, and
# its ResNet-18 of quarter width unless the method has a backbone of its own.
_base_ = ['mlpe_mmpose::_base_/peers_128x128.py']

data = dict(
    train=dict(ann_file='train.json', img='train/'),
    val=dict(ann_file='val.json', img='val/'),
    metainfo='configs/_base_/datasets/crowdpose.py',
    prefix='lspet',
)
options = {'default_hooks.logger.interval': 50}

config = 'mlpe_resnet18_128x128_synthetic.py'
PLAIN = {'model.neck.lateral_fusion': False}
BILINEAR = {
    'model.neck.upsample': 'bilinear',
    'model.head.upsample': 'bilinear',
}
UNENHANCED = {'model.neck.feature_enhancement': False}
# all keypoints count, not only the hardest
ALL = {'model.head.refine_loss': _base_.mse}
UNBIASED = dict(unbiased=True)
NO_LEVEL_LOSS = {'model.head.level_loss': dict(_base_.mse, loss_weight=0.0)}
RELU = {'model.neck.upsample_act_cfg': dict(type='ReLU')}
UNREDUCED = {'model.neck.reduce_coarsest': False}
HALF_WIDTH = {'model.neck.out_channels': 16, 'model.head.in_channels': 16}
JOINED = {**HALF_WIDTH, 'model.head.join_channels': 8}

SHIFT = {'model.test_cfg.shift_heatmap': True}  # as in MMPose, for MSRAHeatmap
C5 = {'model.backbone.out_indices': (3,), 'model.neck': None}
HEAD = _base_.heatmap_head
NO_DECONV = dict(HEAD, deconv_out_channels=None)
SIMPLE_BASELINE = dict(HEAD, **_base_.deconvs)
# the paper's neck alone, whose finest map MMPose's head reads
ONE_LEVEL = {
    **PLAIN,
    **SHIFT,
    'model.neck.num_outs': 1,
    'model.head': dict(NO_DECONV, in_channels=32),
}

experiments = [
    dict(name='c', options=PLAIN),
    dict(name='a', options={**PLAIN, **UNENHANCED, **BILINEAR}, against='c'),
    dict(name='mlpe', against='c'),
    dict(name='plus', options=ALL, codec=UNBIASED, against='mlpe'),
    dict(name='cpn', options={**UNENHANCED, **BILINEAR}, against='plus'),
    dict(
        name='simple_baseline',
        options={**C5, **SHIFT, 'model.head': SIMPLE_BASELINE},
        codec=_base_.msra,
        against='plus',
    ),
    dict(
        name='mspn',
        options={
            'codec': dict(_base_.megvii, _delete_=True),
            'model.backbone': _base_.mspn_backbone,
            'model.neck': None,
            'model.head': _base_.mspn_head,
            'train_dataloader.dataset.pipeline': _base_.mspn_pipeline,
        },
        against='plus',
    ),
    dict(
        name='hrnet',
        options={
            **SHIFT,
            'model.backbone': _base_.hrnet_w16,
            'model.neck': None,
            'model.head': dict(NO_DECONV, in_channels=16),
        },
        codec=_base_.msra,
        against='plus',
    ),
    dict(
        name='rtmpose_head',
        options={**C5, 'model.head': _base_.rtmcc_4x4},
        codec=_base_.simcc_4x4,
        against='plus',
    ),
    dict(
        name='vitpose_like',
        options={
            **SHIFT,
            'model.backbone': _base_.vit,
            'model.neck': None,
            'model.head': dict(
                HEAD,
                deconv_out_channels=(64, 64),
                deconv_kernel_sizes=(4, 4),
            ),
        },
        codec=_base_.msra,
        against='plus',
    ),
    # from c to Simple Baselines, one step a row
    dict(name='c_all_keypoints', options={**PLAIN, **ALL}, against='c'),
    dict(
        name='c_no_level_loss',
        options={**PLAIN, **ALL, **NO_LEVEL_LOSS},
        against='c_all_keypoints',
    ),
    # one level, with the targets and the loss of Simple Baselines
    dict(
        name='c_one_level',
        options=ONE_LEVEL,
        codec=_base_.msra,
        against='c_no_level_loss',
    ),
    dict(
        name='c_one_level_relu',
        options={**ONE_LEVEL, **RELU},
        codec=_base_.msra,
        against='c_one_level',
    ),
    dict(
        name='simple_baseline_reduced',
        options={
            **C5,
            **SHIFT,
            'model.neck': _base_.reduced_c5,
            'model.head': dict(SIMPLE_BASELINE, in_channels=32),
        },
        codec=_base_.msra,
        against='simple_baseline',
    ),
    # the other way round: what may explain the gap, put into c and into plus
    dict(name='c_relu', options={**PLAIN, **RELU}, against='c'),
    dict(name='c_unreduced', options={**PLAIN, **UNREDUCED}, against='c'),
    dict(
        name='plus_unreduced',
        options={**ALL, **UNREDUCED},
        codec=UNBIASED,
        against='plus',
    ),
    # plus, cheaper; with ResNeSt-50 at 256x192 these are 6.4, 6.4 and 6.6
    # billion multiply-adds (plus 11.9) at 8 times the width
    dict(
        name='plus_narrow_bilinear',
        options={**ALL, **HALF_WIDTH, 'model.head.upsample': 'bilinear'},
        codec=UNBIASED,
        against='plus',
    ),
    dict(
        name='plus_narrow_joined',
        options={**ALL, **JOINED},
        codec=UNBIASED,
        against='plus',
    ),
    dict(
        name='plus_narrow_joined_unreduced',
        options={**ALL, **JOINED, **UNREDUCED},
        codec=UNBIASED,
        against='plus_narrow_joined',
    ),
]
