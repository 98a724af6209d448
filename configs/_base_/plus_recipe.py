# What MLPE-plus changes of the paper's recipe: MMPose's augmentation, and a
# schedule of RTMPose's kind with averaged weights; the length stays. None of
# it has been measured on COCO yet; docs/results.md has what was measured.
#
# The config of an MLPE-plus has the paper's config as another base, and two
# bases must not define the same variable. These names are therefore new, and
# the config assigns them.

# flat for one half of the epochs, then a cosine to a twentieth (RTMPose's)
cosine_decay = dict(
    type='CosineAnnealingLR',
    begin=100,
    end=200,
    T_max=100,
    eta_min_ratio=0.05,
    by_epoch=True,
    convert_to_iter_based=True,
)
# RTMPose's
weight_average = dict(
    type='EMAHook',
    ema_type='ExpMomentumEMA',
    momentum=0.0002,
    update_buffers=True,
    priority=49,
)
# Half bodies, and wider ranges than the release's: the augmentation of
# MMPose's td-hm configs. MMPose reports AP 72.0 with it for Simple Baselines
# on ResNeSt-50, 256x192.
mmpose_augmentation = [
    dict(type='FastRandomFlip', prob=0.5),
    dict(type='RandomHalfBody'),
    dict(type='FastRandomBBoxTransform'),
]
