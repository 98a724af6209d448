# Two questions about rows of suite `tiny`, each answered one step a row: why
# is the paper's network behind Simple Baselines, and what of MLPE-plus can
# become cheaper?
#
#   python -m mlpe_mmpose compare tiny_steps --data DATA --out OUT
_base_ = ['tiny.py']

PLAIN, NO_OHKM, BILINEAR = _base_.PLAIN, _base_.NO_OHKM, _base_.BILINEAR
RELU = {'model.neck.upsample_act_cfg': dict(type='ReLU')}
UNREDUCED = {'model.neck.reduce_coarsest': False}
NO_LEVEL_LOSS = {
    'model.head.level_loss': dict(
        type='KeypointMSELoss', use_target_weight=True, loss_weight=0.0
    ),
}
# the paper's neck alone, whose finest map MMPose's head reads
ONE_LEVEL = {
    'model.neck': dict(
        _delete_=True,
        type='MLPENeck',
        in_channels=(16, 32, 64, 128),
        out_channels=32,
        num_outs=1,
    ),
    'model.head.in_channels': 32,
    'model.head.deconv_out_channels': None,
}
# as wide as the transposed convolutions of Simple Baselines
WIDE = {
    **ONE_LEVEL,
    **RELU,
    'model.neck.out_channels': 64,
    'model.head.in_channels': 64,
}
# With ResNeSt-50 at 256x192, at 8 times the width, these cost 7.2 and 6.6
# billion multiply-adds in the place of 11.8.
CHEAPER_PLUS = {
    'plus_bilinear': BILINEAR,
    'plus_trim': {
        **BILINEAR,
        'model.neck.out_channels': 26,
        'model.head.in_channels': 26,
    },
}



def sized(width, **head):
    return {
        **BILINEAR,
        'model.neck.out_channels': width,
        'model.head.in_channels': width,
        **{f'model.head.{k}': v for k, v in head.items()},
    }


CHEAPER_PLUS.update(
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
ROWS = {row['name']: row for row in _base_.experiments}
# the paper's figures are of other conditions, and of one of the rows only
C = dict(ROWS['c'], paper={}, source='')
PEER, PLUS = ROWS['simple_baseline'], ROWS['plus']
STEPS = [
    # from the paper's network to Simple Baselines
    ('c_no_level_loss', 'c_no_ohkm', C, {**PLAIN, **NO_OHKM, **NO_LEVEL_LOSS}),
    ('c_one_level', 'c_no_level_loss', PEER, ONE_LEVEL),
    ('c_one_level_relu', 'c_one_level', PEER, {**ONE_LEVEL, **RELU}),
    ('c_one_level_wide', 'c_one_level_relu', PEER, WIDE),
    ('simple_baseline', 'c_one_level_wide', PEER, {}),
    # one step, put into the paper's network
    ('c_relu', 'c', C, {**PLAIN, **RELU}),
    ('c_unreduced', 'c', C, {**PLAIN, **UNREDUCED}),
    *((name, 'plus', PLUS, changes) for name, changes in CHEAPER_PLUS.items()),
]
experiments = [
    dict(C, against=None),
    dict(ROWS['c_no_ohkm'], against='c'),
    PLUS,
    *(
        dict(row, name=name, against=peer, options=options)
        for name, peer, row, options in STEPS
    ),
]
