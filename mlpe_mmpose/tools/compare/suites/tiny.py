# The contrasts of the paper, and more, at a size that two cores train in
# some minutes, on generated people with much overlap:
#
#   python -m mlpe_mmpose synth DATA --images 1400 --val-images 400 \
#       --max-people 8
#   python -m mlpe_mmpose compare tiny --data DATA --out OUT
#
# a to d have no laterals, as in the paper. `mlpe` is c with CPN's laterals,
# and each row below it differs from it in one thing.
config = 'mlpe_tiny_synthetic.py'
AUTHORS = 'authors, COCO val2017, ResNeSt-50'
PLAIN = {'model.neck.lateral_fusion': False}
BILINEAR = {
    'model.neck.upsample': 'bilinear',
    'model.head.upsample': 'bilinear',
}
UNENHANCED = {'model.neck.feature_enhancement': False}
OHKM = {'model.head.refine_loss.type': 'MLPEOHKMLoss'}
# all 17 count
NO_OHKM = {**OHKM, 'model.head.refine_loss.topk': 17}
# the finest level's window for all levels
ALIKE = dict(kernel_sizes=(5, 5, 5, 5))
UNBIASED = dict(unbiased=True)

# tested once, at the end
options = {'train_cfg.val_begin': 1000, 'default_hooks.logger.interval': 50}

experiments = [
    dict(
        name='a',
        options={**PLAIN, **UNENHANCED, **BILINEAR},
        paper={'AP': 70.1},
        source=AUTHORS,
    ),
    dict(
        name='b',
        options={**PLAIN, **BILINEAR},
        against='a',
        paper={'AP': 70.2},
        source=AUTHORS,
    ),
    dict(
        name='c',
        options=PLAIN,
        against='b',
        paper={'AP': 70.4},
        source=AUTHORS,
    ),
    dict(
        name='d',
        options={**PLAIN, 'model.head.predict_kernel_size': 1},
        against='c',
        paper={'AP': 70.2},
        source=AUTHORS,
    ),
    dict(name='mlpe', against='c'),
    dict(
        name='cpn',
        options={**UNENHANCED, **BILINEAR},
        against='mlpe',
        paper={'AP': 71.2},
        source='pytorch-cpn, COCO val2017, ResNet-50, ground-truth boxes',
    ),
    dict(
        name='simple_baseline',
        config='peers/simple_baseline_tiny_synthetic.py',
        against='mlpe',
    ),
    # both from C5 alone, neither with OHKM
    dict(
        name='c_no_ohkm',
        options={**PLAIN, **NO_OHKM},
        against='simple_baseline',
    ),
    dict(name='no_enhancement', options=UNENHANCED, against='mlpe'),
    dict(
        name='topk4',
        options={**OHKM, 'model.head.refine_loss.topk': 4},
        against='mlpe',
    ),
    dict(
        name='topk12',
        options={**OHKM, 'model.head.refine_loss.topk': 12},
        against='mlpe',
    ),
    dict(name='topk17_no_ohkm', options=NO_OHKM, against='mlpe'),
    dict(name='levels_alike', codec=ALIKE, against='mlpe'),
    dict(
        name='occluded_ignore',
        options={'model.head.level_occluded': 'ignore'},
        against='mlpe',
    ),
    dict(
        name='occluded_supervise',
        options={'model.head.level_occluded': 'supervise'},
        against='mlpe',
    ),
    dict(name='unbiased', codec=UNBIASED, against='mlpe'),
    # the coarsest map has 4x3 cells, of which the paper's ratios pool all into
    # one, three times; these pool to the sizes of 384x288: 1x1, 2x1, 3x2
    dict(
        name='enhancement_as_at_384x288',
        options={'model.neck.pool_ratios': (0.25, 0.5, 0.75)},
        against='mlpe',
    ),
    # the best of the above, at the cost of c and its laterals
    dict(name='plus', config='plus/mlpe-plus_tiny_synthetic.py', against='c'),
]
