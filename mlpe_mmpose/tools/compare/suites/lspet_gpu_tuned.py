# Rows of suite `lspet_gpu` at four times the learning rate. No codec rounds to
# cells, but that of MSPN, for which MMPose has no other.
#
#   SUITE=lspet_gpu_tuned benchmarks/gpu_suite.sh OUT MINUTES
_base_ = ['lspet_gpu.py']

options = {'optim_wrapper.optimizer.lr': 4e-3}
NAMES = (
    'plus',
    'plus_trim',
    'cpn_unbiased',
    'simple_baseline_dark',
    'mspn',
    'hrnet_dark',
    'hrnet_narrow_dark',
    'rtmpose_head',
)

experiments = [
    dict(row, against=None if row['name'] == 'plus_trim' else 'plus_trim')
    for row in _base_.experiments
    if row['name'] in NAMES
]
