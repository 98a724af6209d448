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

# the paper's ablations: name, peer, options, AP as the authors report it
ABLATIONS = [
    ('a', None, {**PLAIN, **UNENHANCED, **BILINEAR}, 70.1),
    ('b', 'a', {**PLAIN, **BILINEAR}, 70.2),
    ('c', 'b', PLAIN, 70.4),
    ('d', 'c', {**PLAIN, 'model.head.predict_kernel_size': 1}, 70.2),
]
# what these rows change of `mlpe`
CHANGES_OF_MLPE = {
    'no_enhancement': dict(options=UNENHANCED),
    'topk4': dict(options={**OHKM, 'model.head.refine_loss.topk': 4}),
    'topk12': dict(options={**OHKM, 'model.head.refine_loss.topk': 12}),
    'topk17_no_ohkm': dict(options=NO_OHKM),
    'levels_alike': dict(codec=ALIKE),
    'occluded_ignore': dict(options={'model.head.level_occluded': 'ignore'}),
    'occluded_supervise': dict(
        options={'model.head.level_occluded': 'supervise'}
    ),
    'unbiased': dict(codec=UNBIASED),
    # the coarsest map has 4x3 cells, of which the paper's ratios pool all into
    # one, three times; these pool to the sizes of 384x288: 1x1, 2x1, 3x2
    'enhancement_as_at_384x288': dict(
        options={'model.neck.pool_ratios': (0.25, 0.5, 0.75)}
    ),
}

experiments = [
    *(
        dict(
            name=name,
            options=options,
            against=peer,
            paper={'AP': ap},
            source=AUTHORS,
        )
        for name, peer, options, ap in ABLATIONS
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
    *(
        dict(row, name=name, against='mlpe')
        for name, row in CHANGES_OF_MLPE.items()
    ),
    # the best of the above, at the cost of c and its laterals
    dict(name='plus', config='plus/mlpe-plus_tiny_synthetic.py', against='c'),
]
