# Parts of RTMPose-m (Jiang et al., 2023), as in MMPose's
# rtmpose-m_8xb256-420e_coco-256x192.py. The head and the codec lack what
# depends on the input size.
cspnext_m = dict(
    type='CSPNeXt',
    arch='P5',
    expand_ratio=0.5,
    deepen_factor=0.67,
    widen_factor=0.75,
    out_indices=(4,),
    channel_attention=True,
    norm_cfg=dict(type='BN'),
    act_cfg=dict(type='SiLU'),
    init_cfg=dict(
        type='Pretrained',
        prefix='backbone.',
        checkpoint='https://download.openmmlab.com/mmpose/v1/projects/'
        'rtmposev1/cspnext-m_udp-aic-coco_210e-256x192-f2f7d6f6_20230130.pth',
    ),
)
# bins of half a pixel; sigma is sqrt(size / 8) for every size
simcc = dict(
    type='SimCCLabel', simcc_split_ratio=2.0, normalize=False, use_dark=False
)
rtmcc_head = dict(
    type='RTMCCHead',
    in_channels=768,
    out_channels=17,
    simcc_split_ratio=2.0,
    final_layer_kernel_size=7,
    gau_cfg=dict(
        hidden_dims=256,
        s=128,
        expansion_factor=2,
        dropout_rate=0.0,
        drop_path=0.0,
        act_fn='SiLU',
        use_rel_bias=False,
        pos_enc=False,
    ),
    loss=dict(
        type='KLDiscretLoss',
        use_target_weight=True,
        beta=10.0,
        label_softmax=True,
    ),
)
