# What MLPE-plus trains with: the length of the paper's recipe, with MMPose's
# augmentation and the schedule of RTMPose's kind. None of it has been
# measured on COCO yet; docs/results.md has what was measured, and where.
_base_ = ['coco_recipe.py']

param_scheduler = [
    dict(
        type='LinearLR', begin=0, end=500, start_factor=0.001, by_epoch=False
    ),
    # flat for one half, then a cosine to a twentieth (RTMPose's)
    dict(
        type='CosineAnnealingLR',
        begin=100,
        end=200,
        T_max=100,
        eta_min=2.5e-5,
        by_epoch=True,
        convert_to_iter_based=True,
    ),
]
custom_hooks = [
    dict(type='SyncBuffersHook'),
    # RTMPose's
    dict(
        type='EMAHook',
        ema_type='ExpMomentumEMA',
        momentum=0.0002,
        update_buffers=True,
        priority=49,
    ),
]

# that of MMPose's td-hm configs: half bodies, and more of everything. MMPose
# reports 72.0 with it for SimpleBaseline, ResNet-50, 256x192.
augmentation = [
    dict(type='LoadImage'),
    dict(type='GetBBoxCenterScale', padding=1.25),
    dict(type='MarkOccludedKeypoints'),
    dict(type='FastRandomFlip', prob=0.5),
    dict(type='RandomHalfBody'),
    dict(type='FastRandomBBoxTransform'),
]
