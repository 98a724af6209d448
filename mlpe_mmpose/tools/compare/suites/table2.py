# MLPE beside the systems of the paper's Table II that can be trained today, on
# COCO val2017: top-down networks with the same recipe at 256x192, and two that
# see whole images, with their own recipes. The paper compares on test-dev,
# whose server is closed, and with networks of other sizes; only what was
# published for these is given here.
_base_ = [
    'mlpe_mmpose::peers/simple_baseline_resnest50_256x192.py',
    'mlpe_mmpose::_base_/rtmpose.py',
]

# the configs have the learning rates of 8 GPUs
options = {'auto_scale_lr.enable': True}
SIMPLE_BASELINE = 'peers/simple_baseline_resnest50_256x192.py'
NO_SHIFT = {'model.test_cfg.shift_heatmap': False}
RTMCC = dict(
    _base_.rtmcc_head,
    _delete_=True,
    input_size=_base_.sizes['input_size'],
    in_featuremap_size=(6, 8),
    decoder=_base_.msra,
)
SIMCC = dict(
    _base_.simcc,
    _delete_=True,
    input_size=_base_.sizes['input_size'],
    sigma=(4.9, 5.66),
)

experiments = [
    dict(
        name='mlpe_c',
        config='mlpe_resnest50_256x192.py',
        paper={'AP': 70.4, 'AP(M)': 66.9, 'AP(L)': 77.1},
        source='authors, val2017',
    ),
    dict(
        name='cpn_resnet50',
        config='cpn/cpn_resnet50_256x192.py',
        against='mlpe_c',
        paper={'AP': 69.2},
        source='pytorch-cpn, val2017, detected boxes',
    ),
    dict(
        name='simple_baseline_resnest50',
        config=SIMPLE_BASELINE,
        against='mlpe_c',
        paper={'AP': 72.0},
        source="MMPose's own recipe, val2017, detected boxes",
    ),
    # G-RMI's way: a label around the keypoint and the offsets to it, three
    # maps a keypoint
    dict(
        name='offsets_resnest50',
        config=SIMPLE_BASELINE,
        options={
            **NO_SHIFT,
            'model.head.out_channels': 3 * 17,
            'model.head.loss.type': 'CombinedTargetMSELoss',
            'model.test_cfg.flip_mode': 'udp_combined',
            # the accuracy in training needs plain heatmaps
            'model.train_cfg': dict(compute_acc=False),
        },
        codec=dict(
            _delete_=True,
            type='UDPHeatmap',
            **_base_.sizes,
            heatmap_type='combined',
        ),
        against='simple_baseline_resnest50',
    ),
    dict(
        name='hrnet_w32', config='peers/hrnet_w32_256x192.py', against='mlpe_c'
    ),
    dict(name='mspn50', config='peers/mspn50_256x192.py', against='mlpe_c'),
    dict(
        name='rtmpose_m',
        config=SIMPLE_BASELINE,
        options={
            **NO_SHIFT,
            'model.backbone': dict(_base_.cspnext_m, _delete_=True),
            'model.head': RTMCC,
        },
        codec=SIMCC,
        against='mlpe_c',
    ),
    # HigherHRNet's line
    dict(
        name='higherhrnet',
        config='bottomup/higherhrnet_w32_512x512.py',
        against='mlpe_c',
        paper={'AP': 65.6},
        source="MMPose's own training, val2017",
    ),
    dict(
        name='mask_rcnn',
        config='bottomup/mask_rcnn_resnet50_800x1333.py',
        against='mlpe_c',
        paper={'AP': 65.0},
        source="torchvision's own training, val2017",
    ),
    dict(
        name='mlpe_plus',
        config='plus/mlpe-plus_resnest50_256x192.py',
        against='mlpe_c',
    ),
]
