# Does OHKM help once the easy keypoints are learnt? Two rows of suite `tiny`,
# trained three times as long:
#
#   python -m mlpe_mmpose compare ohkm --data DATA --out OUT
_base_ = ['tiny.py']

EPOCHS = 12
options = {
    'train_cfg.max_epochs': EPOCHS,
    'param_scheduler.1.T_max': EPOCHS,
    'param_scheduler.1.end': EPOCHS,
    # in the place of SyncBuffersHook, which has no work in one process
    'custom_hooks.0.type': 'OHKMPickHook',
}

TINY_ROWS = {row['name']: row for row in _base_.experiments}
experiments = [
    dict(TINY_ROWS['mlpe'], name='topk8', against=None),
    dict(TINY_ROWS['topk17_no_ohkm'], against='topk8'),
]
