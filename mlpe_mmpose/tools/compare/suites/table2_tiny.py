# The systems of suite `table2` at a size that two cores train in minutes, on
# generated people with much overlap. The top-down rows are those of suite
# `lspet`, at 128x128; the other two see whole images.
#
#   python -m mlpe_mmpose synth DATA --images 1400 --val-images 400 \
#       --max-people 8
#   python -m mlpe_mmpose compare table2_tiny --data DATA --out OUT
_base_ = ['lspet.py', 'mlpe_mmpose::_base_/bottomup.py']

data = dict(_delete_=True)  # in COCO's layout
TOPDOWN = ('c', 'mlpe', 'plus', 'cpn', 'simple_baseline', 'mspn', 'hrnet')
BY_NAME = {row['name']: row for row in _base_.experiments}

# the schedule of the other rows, with the optimizers of the networks
SHORT = {
    'train_cfg': dict(max_epochs=_base_.max_epochs, val_interval=1),
    'param_scheduler': _base_.param_scheduler,
    'train_dataloader.num_workers': 0,
    'train_dataloader.persistent_workers': False,
    'val_dataloader.num_workers': 0,
    'val_dataloader.persistent_workers': False,
    'test_dataloader.num_workers': 0,
    'test_dataloader.persistent_workers': False,
}
SIZES = dict(input_size=(256, 256), heatmap_size=(64, 64))
EMBEDDING = dict(_base_.embedding, **SIZES)
LEARN = [
    _base_.load_image,
    dict(type='BottomupRandomAffine', input_size=SIZES['input_size']),
    _base_.flip_image,
    dict(type='GenerateTarget', encoder=EMBEDDING),
    _base_.mask_unlabelled,
    _base_.pack_image,
]
FIND = [
    _base_.load_image,
    dict(
        type='BottomupResize',
        input_size=SIZES['input_size'],
        size_factor=64,
        resize_mode='fit',
    ),
    _base_.pack_image,
]
PIPELINES = {
    'train_dataloader.dataset.pipeline': LEARN,
    'val_dataloader.dataset.pipeline': FIND,
    'test_dataloader.dataset.pipeline': FIND,
}

experiments = [
    *[dict(BY_NAME[name], config=_base_.config) for name in TOPDOWN],
    dict(BY_NAME['rtmpose_head'], name='rtmpose', config=_base_.config),
    # G-RMI's way, as in suite `table2`
    dict(
        name='offsets',
        config=_base_.config,
        options={
            'model.backbone.out_indices': (3,),
            'model.neck': None,
            'model.head': dict(
                _base_.heatmap_head,
                **_base_.deconvs,
                out_channels=3 * 17,
                loss=dict(
                    type='CombinedTargetMSELoss', use_target_weight=True
                ),
            ),
            'model.test_cfg.flip_mode': 'udp_combined',
            'model.train_cfg': dict(compute_acc=False),
        },
        codec=dict(
            _delete_=True,
            type='UDPHeatmap',
            **_base_.sizes,
            heatmap_type='combined',
        ),
        against='simple_baseline',
    ),
    dict(
        name='higherhrnet',
        config='bottomup/higherhrnet_w32_512x512.py',
        options={
            **SHORT,
            **PIPELINES,
            'codec': EMBEDDING,
            'model.backbone': _base_.hrnet_w16,
            'model.head.in_channels': 16,
            'model.head.decoder': dict(
                EMBEDDING, heatmap_size=SIZES['input_size']
            ),
            'train_dataloader.batch_size': 8,
        },
        against='hrnet',
    ),
    # ResNet-18; images keep about half their size
    dict(
        name='mask_rcnn',
        config='bottomup/mask_rcnn_resnet50_800x1333.py',
        options={
            **SHORT,
            'model.backbone': dict(depth=18, init_cfg=None),
            'model.keypoint_layers': (64,) * 4,
            'model.min_size': 160,
            'model.max_size': 320,
            'model.box_batch_size_per_image': 64,
            'train_dataloader.batch_size': 4,
            'optim_wrapper.optimizer.lr': 0.005,  # by the batch
        },
        against='simple_baseline',
    ),
]
