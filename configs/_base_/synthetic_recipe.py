# The recipe for the generated people of `python -m mlpe_mmpose synth
# data/synthetic`: as long as two CPU cores train in four minutes. It is for
# the demo, the tests and the comparisons, and all its numbers are our choice.
_base_ = ['topdown_coco.py']

max_epochs = 4
train_cfg = dict(by_epoch=True, max_epochs=max_epochs, val_interval=1)
# The weights of the heatmaps' last norms start at 1 and have to grow to about
# 20 for peaks of 255. The 100,000 steps of a training on COCO are enough for
# that; these 1,000 steps are not, unless those weights have their own rate.
optim_wrapper = dict(
    optimizer=dict(type='Adam', lr=2e-3),
    paramwise_cfg=dict(
        custom_keys={
            'level_predictors.norms': dict(lr_mult=20),
            'refine_network.predict.1': dict(lr_mult=20),
        }
    ),
)
warm_up = dict(
    type='LinearLR', begin=0, end=100, start_factor=0.01, by_epoch=False
)
cosine_decay = dict(
    type='CosineAnnealingLR',
    T_max=max_epochs,
    end=max_epochs,
    eta_min=1e-5,
    by_epoch=True,
    convert_to_iter_based=True,
)
param_scheduler = [warm_up, cosine_decay]
default_hooks = dict(logger=dict(interval=20))

augmentation = [
    dict(type='FastRandomFlip', prob=0.5),
    dict(
        type='FastRandomBBoxTransform',
        shift_prob=0.0,
        scale_factor=(0.85, 1.2),
        rotate_factor=20.0,
        rotate_prob=0.5,
    ),
]
before_crop = [*_base_.loading, _base_.mark_occluded, *augmentation]

data_root = 'data/synthetic/'
train_dataloader = dict(dataset=dict(data_root=data_root))
val_dataloader = dict(dataset=dict(data_root=data_root))
test_dataloader = val_dataloader
val_evaluator = dict(
    ann_file=data_root + _base_.val_dataloader.dataset.ann_file
)
test_evaluator = val_evaluator
