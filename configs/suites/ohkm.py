# Does OHKM help once the easy keypoints are learnt? Two rows of suite `tiny`,
# trained three times as long:
#
#   python -m mlpe_mmpose compare ohkm --data DATA --out OUT
TINY = 'mlpe_tiny_synthetic.py'
EPOCHS = 12

options = {
    'train_cfg.max_epochs': EPOCHS,
    'train_cfg.val_begin': 1000,
    'param_scheduler.1.T_max': EPOCHS,
    'param_scheduler.1.end': EPOCHS,
    'default_hooks.logger.interval': 50,
    # in the place of SyncBuffersHook, which has no work in one process
    'custom_hooks.0.type': 'OHKMPickHook',
}

experiments = [
    dict(name='topk8', config=TINY),
    dict(
        name='topk17_no_ohkm',
        config=TINY,
        options={
            'model.head.refine_loss.type': 'MLPEOHKMLoss',
            'model.head.refine_loss.topk': 17,
        },
        against='topk8',
    ),
]
