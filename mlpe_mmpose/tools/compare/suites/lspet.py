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
# for the operations of `plus_trim`
HRNET_NARROW = {
    **HRNET,
    'model.backbone': _base_.hrnet_w12,
    'model.head': dict(NO_DECONV, in_channels=12),
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
# MMPose's head on the finest map of the neck of MLPE-plus
PLAIN_HEAD = {
    **SHIFT,
    'model.neck.num_outs': 1,
    'model.head': dict(
        NO_DECONV,
        in_channels=32,
        conv_out_channels=(32,),
        conv_kernel_sizes=(3,),
    ),
}
REDUCED_C5 = {
    **SIMPLE_BASELINE,
    'model.neck': _base_.reduced_c5,
    'model.head': dict(DECONVS, in_channels=32),
}
NARROW = {'model.neck.out_channels': 26, 'model.head.in_channels': 26}
TRIM = {**ALL, **BILINEAR, **NARROW}
CPN = {**UNENHANCED, **BILINEAR}

MSRA, SIMCC = _base_.msra, _base_.simcc_4x4
ROWS = [
    # name, peer, options, codec
    ('c', None, PLAIN, {}),
    ('a', 'c', {**PLAIN, **UNENHANCED, **BILINEAR}, {}),
    ('mlpe', 'c', {}, {}),
    ('plus', 'mlpe', ALL, UNBIASED),
    ('cpn', 'plus', CPN, {}),
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
    ('hrnet_narrow', 'plus_trim', HRNET_NARROW, MSRA),
    ('cpn_narrow', 'plus_trim', {**CPN, **NARROW}, {}),
    # the peers without rounding, as MLPE-plus
    ('cpn_unbiased', 'plus_trim', CPN, UNBIASED),
    ('simple_baseline_dark', 'plus_trim', SIMPLE_BASELINE, _base_.dark),
    ('hrnet_dark', 'plus', HRNET, _base_.dark),
    ('hrnet_narrow_dark', 'plus_trim', HRNET_NARROW, _base_.dark),
    ('plain_head', 'plus', PLAIN_HEAD, _base_.dark),
]

experiments = [
    dict(name=name, against=peer, options=options, codec=codec)
    for name, peer, options, codec in ROWS
]
