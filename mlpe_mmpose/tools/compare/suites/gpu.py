# Suite `tiny` at the paper's size, ResNeSt-50 at 256x192, for a GPU; on people
# of as many pixels:
#
#   benchmarks/gpu_suite.sh OUT MINUTES
_base_ = ['tiny.py']

MLPE = 'mlpe_resnest50_256x192_synthetic.py'
# the config in the place of a row's own
LARGE = {
    None: MLPE,
    'plus/mlpe-plus_tiny_synthetic.py': MLPE,
    'peers/simple_baseline_tiny_synthetic.py': (
        'peers/simple_baseline_resnest50_256x192_synthetic.py'
    ),
}
# what depends on the size, and what is a config of its own there
CHANGES = {
    'levels_alike': dict(codec=dict(kernel_sizes=(7, 7, 7, 7))),
    # 8x6 cells pool to 1x1, 2x1, 3x2
    'enhancement_as_at_384x288': dict(
        options={'model.neck.pool_ratios': (0.125, 0.25, 0.375)}
    ),
    'plus': dict(
        codec=dict(unbiased=True),
        options={
            'model.head.refine_loss.type': 'KeypointMSELoss',
            'model.head.refine_loss.use_target_weight': True,
        },
    ),
}

experiments = [
    dict(row, config=LARGE[row.get('config')], **CHANGES.get(row['name'], {}))
    for row in _base_.experiments
]
