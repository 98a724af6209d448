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
NARROW = {'model.neck.out_channels': 26, 'model.head.in_channels': 26}
# With ResNeSt-50 at 256x192, at 8 times the width, these cost 7.2 and 6.6
# billion multiply-adds in the place of 11.8.
CHEAPER_PLUS = {
    'plus_bilinear': BILINEAR,
    'plus_trim': {**BILINEAR, **NARROW},
}

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
