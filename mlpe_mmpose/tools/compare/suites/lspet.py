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

SHIFT = {'model.test_cfg.shift_heatmap': True}  # as in MMPose, for MSRAHeatmap
C5 = {'model.backbone.out_indices': (3,), 'model.neck': None}
HEAD = _base_.heatmap_head
NO_DECONV = dict(HEAD, deconv_out_channels=None)
DECONVS = dict(HEAD, **_base_.deconvs)
SIMPLE_BASELINE = {**C5, **SHIFT, 'model.head': DECONVS}
MSPN = {
    'codec': dict(_base_.megvii, _delete_=True),
    'model.backbone': _base_.mspn_backbone,
    'model.neck': None,
    'model.head': _base_.mspn_head,
    'train_dataloader.dataset.pipeline': _base_.mspn_pipeline,
}
HRNET = {
    **SHIFT,
    'model.backbone': _base_.hrnet_w16,
    'model.neck': None,
    'model.head': dict(NO_DECONV, in_channels=16),
}
VITPOSE = {
    **SHIFT,
    'model.backbone': _base_.vit,
    'model.neck': None,
    'model.head': dict(
        HEAD, deconv_out_channels=(64, 64), deconv_kernel_sizes=(4, 4)
    ),
}
REFINED_ONLY = {**PLAIN, **ALL, **NO_LEVEL_LOSS}
# the paper's neck alone, whose finest map MMPose's head reads
ONE_LEVEL = {
    **PLAIN,
    **SHIFT,
    'model.neck.num_outs': 1,
    'model.head': dict(NO_DECONV, in_channels=32),
}
REDUCED_C5 = {
    **SIMPLE_BASELINE,
    'model.neck': _base_.reduced_c5,
    'model.head': dict(DECONVS, in_channels=32),
}
TRIM = {
    **ALL,
    **BILINEAR,
    'model.neck.out_channels': 26,
    'model.head.in_channels': 26,
}

def sized(width, **head):
    return {
        **ALL, **BILINEAR,
        'model.neck.out_channels': width,
        'model.head.in_channels': width,
        **{f'model.head.{k}': v for k, v in head.items()},
    }


IDEAS = dict(
    i_pyr=sized([16, 24, 48, 64], num_blocks=[0, 1, 1, 2], fuse_channels=24),
    i_pyr2=sized([16, 24, 32, 48], num_blocks=[0, 1, 2, 3], fuse_channels=16, fuse_blocks=2),
    i_deep=sized(26, num_blocks=[0, 2, 4, 6], projected=False),
    i_false=sized(26),
    i_false_deep=sized(26, num_blocks=[0, 2, 4, 6], projected=False),
    i_dw7=sized(26, fuse_kernel=7, fuse_expansion=1),
    i_f32=sized(26, fuse_channels=32),
    i_l32=sized(32, fuse_channels=26),
    i_mixed={**sized(26), 'model.neck.coarse_deconvs': 2},
    i_lw={**sized(26), 'model.head.level_loss': dict(type='KeypointMSELoss', use_target_weight=True, loss_weight=0.1)},
    i_scaled=sized(26),
    i_scaled2=sized(26),
    i_20_32=sized(20, fuse_channels=32),
    i_16_34d=sized(16, fuse_channels=34, num_blocks=[0, 2, 4, 6], projected=False),
    i_16_32d=sized(16, fuse_channels=32, num_blocks=[0, 2, 4, 6], projected=False),
    i_16_45e3=sized(16, fuse_channels=45, fuse_expansion=3),
    i_20_24e1=sized(20, fuse_channels=20, fuse_expansion=1),
    i_26_36e3=sized(26, fuse_channels=36, fuse_expansion=3, projected=False),
    i_26_40e4=sized(26, fuse_channels=40, fuse_expansion=4, projected=False),
    i_26_32e2=sized(26, fuse_channels=32, projected=False),
    i_deep2=sized(24, num_blocks=[1, 3, 6, 6], projected=False),
)
w12 = {
    f'model.backbone.extra.stage{i}.num_channels': tuple(12 * 2**j for j in range(i))
    for i in (1, 2, 3, 4)
}
HRNET_W12 = {**HRNET, **w12, 'model.head': dict(NO_DECONV, in_channels=12)}

MSRA, SIMCC = _base_.msra, _base_.simcc_4x4
ROWS = [
    # name, peer, options, codec
    ('c', None, PLAIN, {}),
    ('a', 'c', {**PLAIN, **UNENHANCED, **BILINEAR}, {}),
    ('mlpe', 'c', {}, {}),
    ('plus', 'mlpe', ALL, UNBIASED),
    ('cpn', 'plus', {**UNENHANCED, **BILINEAR}, {}),
    ('simple_baseline', 'plus', SIMPLE_BASELINE, MSRA),
    ('mspn', 'plus', MSPN, {}),
    ('hrnet', 'plus', HRNET, MSRA),
    ('rtmpose_head', 'plus', {**C5, 'model.head': _base_.rtmcc_4x4}, SIMCC),
    ('vitpose_like', 'plus', VITPOSE, MSRA),
    # from c to Simple Baselines, one step a row
    ('c_all_keypoints', 'c', {**PLAIN, **ALL}, {}),
    ('c_no_level_loss', 'c_all_keypoints', REFINED_ONLY, {}),
    # one level, with the targets and the loss of Simple Baselines
    ('c_one_level', 'c_no_level_loss', ONE_LEVEL, MSRA),
    ('c_one_level_relu', 'c_one_level', {**ONE_LEVEL, **RELU}, MSRA),
    ('simple_baseline_reduced', 'simple_baseline', REDUCED_C5, MSRA),
    # the other way round: what may explain the gap, put into c and into plus
    ('c_relu', 'c', {**PLAIN, **RELU}, {}),
    ('c_unreduced', 'c', {**PLAIN, **UNREDUCED}, {}),
    ('plus_unreduced', 'plus', {**ALL, **UNREDUCED}, UNBIASED),
    # plus, cheaper; with ResNeSt-50 at 256x192 these are 7.2 and 6.6 billion
    # multiply-adds (plus 11.8) at 8 times the width
    ('plus_bilinear', 'plus', {**ALL, **BILINEAR}, UNBIASED),
    ('plus_trim', 'plus', TRIM, UNBIASED),
    ('trim_w7', 'plus', TRIM, dict(unbiased=True, kernel_sizes=(11, 9, 7, 7))),
    ('trim_w9', 'plus', TRIM, dict(unbiased=True, kernel_sizes=(11, 9, 9, 9))),
    ('hrnet_w12', 'plus', HRNET_W12, MSRA),
    ('hrnet_s15', 'plus', HRNET, dict(_base_.msra, sigma=1.5)),
]

ROWS += [(k, 'plus', v, UNBIASED) for k, v in IDEAS.items()]

experiments = [
    dict(name=name, against=peer, options=options, codec=codec)
    for name, peer, options, codec in ROWS
]
