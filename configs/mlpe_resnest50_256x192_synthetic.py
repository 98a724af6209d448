# MLPE at the paper's size on the generated people, from scratch: what a GPU
# trains in about a minute. Ours, for suite `gpu`; its training is the tiny
# config's, with the batches and loaders of a GPU.
_base_ = ['mlpe_tiny_synthetic.py']

# the release's windows for this size
codec = dict(
    type='MLPEHeatmap',
    input_size=(192, 256),
    heatmap_size=(48, 64),
    kernel_sizes=(15, 11, 9, 7),
)

model = dict(
    backbone=dict(
        _delete_=True, type='ResNeSt', depth=50, out_indices=(0, 1, 2, 3)
    ),
    neck=dict(in_channels=(256, 512, 1024, 2048), out_channels=256),
    head=dict(in_channels=256, decoder=codec),
)

max_epochs = 10
train_cfg = dict(max_epochs=max_epochs)
optim_wrapper = dict(
    type='AmpOptimWrapper', dtype='bfloat16', optimizer=dict(lr=1e-3)
)
auto_scale_lr = dict(base_batch_size=64)
param_scheduler = [
    dict(type='LinearLR', begin=0, end=100, start_factor=0.01, by_epoch=False),
    dict(
        type='CosineAnnealingLR',
        T_max=max_epochs,
        end=max_epochs,
        eta_min=1e-5,
        by_epoch=True,
        convert_to_iter_based=True,
    ),
]

train_pipeline = [
    *_base_.train_pipeline[:-3],
    dict(type='TopdownAffine', input_size=codec['input_size']),
    dict(type='GenerateTarget', encoder=codec),
    dict(type='PackPoseInputs'),
]
val_pipeline = [
    *_base_.val_pipeline[:-2],
    dict(type='TopdownAffine', input_size=codec['input_size']),
    dict(type='PackPoseInputs'),
]
loader = dict(batch_size=64, num_workers=8, persistent_workers=True)
train_dataloader = dict(
    **loader,
    collate_fn=dict(type='shared_storage_collate'),
    dataset=dict(pipeline=train_pipeline),
)
val_dataloader = dict(**loader, dataset=dict(pipeline=val_pipeline))
test_dataloader = val_dataloader
