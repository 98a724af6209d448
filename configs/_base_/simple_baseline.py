# The head of Simple Baselines (Xiao et al., ECCV 2018) on a ResNet, as in
# MMPose's td-hm_resnest50_8xb64-210e_coco-256x192.py.
simple_baseline_head = dict(
    type='HeatmapHead',
    in_channels=2048,
    out_channels=17,
    loss=dict(type='KeypointMSELoss', use_target_weight=True),
)
