# Does OHKM help once the easy keypoints are learnt? Two rows of suite `tiny`,
# trained three times as long:
#
#   python -m mlpe_mmpose compare ohkm --data DATA --out OUT
_base_ = ['tiny.py', 'mlpe_mmpose::mlpe_tiny_synthetic.py']

EPOCHS = 12
warm_up, cosine = _base_.param_scheduler
options = {
    'train_cfg.max_epochs': EPOCHS,
    'param_scheduler': [warm_up, dict(cosine, T_max=EPOCHS, end=EPOCHS)],
    # in the place of SyncBuffersHook, which has no work in one process
    'custom_hooks': [dict(type='OHKMPickHook')],
}

TINY_ROWS = {row['name']: row for row in _base_.experiments}
experiments = [
    dict(TINY_ROWS['mlpe'], name='topk8', against=None),
    dict(TINY_ROWS['topk17_no_ohkm'], against='topk8'),
]
