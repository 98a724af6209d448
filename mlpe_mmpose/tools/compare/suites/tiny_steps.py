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

# ideas: name: (width, upsample, fold finest, extra options)
def idea(width, upsample, fold, **extra):
    options = {
        'model.neck.out_channels': width,
        'model.head.in_channels': width,
        'model.neck.upsample': upsample,
        'model.head.upsample': upsample,
        'model.head.num_levels': 3,
        'model.head.subpixel': 2,
    }
    if fold:
        options['model.neck.fold_finest'] = True
    else:
        options['model.neck.in_channels'] = (32, 64, 128)
        options['model.backbone.out_indices'] = (1, 2, 3)
    return {**options, **extra}
CHEAPER_PLUS.update(
    s_a3_dec=idea(32, 'deconv', False),
    s_b3_dec=idea(32, 'deconv', True),
    s_b3_bil40=idea(40, 'bilinear', True),
    s_icnr=idea(40, 'bilinear', True),
    s_b3_bil44=idea(44, 'bilinear', True),
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
for row in experiments:
    if row['name'].startswith('s_'):
        row['codec'] = dict(row.get('codec') or {}, kernel_sizes=(9, 7, 5))
WARM = dict(type='LinearLR', begin=0, end=100, start_factor=0.01, by_epoch=False)
EMA = [dict(type='SyncBuffersHook'), dict(type='EMAHook', ema_type='ExpMomentumEMA', momentum=0.0002, update_buffers=True, priority=49)]
PIPE = [
    dict(type='CheckedLoadImage'), dict(type='GetBBoxCenterScale', padding=1.25), dict(type='MarkOccludedKeypoints'),
    dict(type='FastRandomFlip', prob=0.5), dict(type='RandomHalfBody'), dict(type='FastRandomBBoxTransform'),
    dict(type='TopdownAffine', input_size=(96, 128)),
    dict(type='GenerateTarget', encoder=dict(type='MLPEHeatmap', input_size=(96, 128), heatmap_size=(24, 32), kernel_sizes=(9, 7, 5, 5), unbiased=True)),
    dict(type='PackPoseInputs'),
]
HALF = [t for t in PIPE if t['type'] != 'FastRandomBBoxTransform']
HALF.insert(5, dict(type='FastRandomBBoxTransform', rotate_factor=20.0, rotate_prob=0.5, scale_factor=(0.85, 1.2), shift_prob=0.0))
FLAT = [WARM, dict(type='CosineAnnealingLR', begin=2, end=4, T_max=2, eta_min=1e-4, by_epoch=True, convert_to_iter_based=True)]
RECIPES = dict(
    r_flat={'param_scheduler': FLAT},
    r_ema={'custom_hooks': EMA},
    r_aug={'train_dataloader.dataset.pipeline': PIPE},
    r_half={'train_dataloader.dataset.pipeline': HALF},
    r_lr4={'optim_wrapper.optimizer.lr': 4e-3},
    r_lr1={'optim_wrapper.optimizer.lr': 1e-3},
    r_adamw={'optim_wrapper.optimizer': dict(type='AdamW', lr=2e-3, weight_decay=0.05)},
    r_mult40={'optim_wrapper.paramwise_cfg.custom_keys': {'level_predictors.norms': dict(lr_mult=40), 'refine_network.predict.1': dict(lr_mult=40)}},
)
plus = next(row for row in experiments if row['name'] == 'plus')
experiments.extend(dict(plus, name=name, against='plus', options=dict(plus.get('options') or {}, **changes)) for name, changes in RECIPES.items())

def rate(name, lr):
    row = next(row for row in experiments if row['name'] == name)
    experiments.append(dict(row, name=f'{name}_lr{lr}', against=name, options={**(row.get('options') or {}), 'optim_wrapper.optimizer.lr': lr * 1e-3}))
for name in ('plus', 'plus_trim', 'simple_baseline', 's_b3_bil40'):
    for lr in (4, 8, 16):
        rate(name, lr)

def mult(name, value):
    row = next(row for row in experiments if row['name'] == name)
    experiments.append(dict(row, name=f'{name}_mult{value}', against=name, options={**(row.get('options') or {}), 'optim_wrapper.paramwise_cfg.custom_keys': {'level_predictors.norms': dict(lr_mult=value), 'refine_network.predict.1': dict(lr_mult=value)}}))
mult('plus', 100)
mult('plus_trim', 100)
