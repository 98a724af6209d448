# As lspet_tuned.py, on the generated people of suite `tiny`.
#
#   python -m mlpe_mmpose compare tiny_tuned --data DATA --out OUT
_base_ = ['tiny_steps.py', 'mlpe_mmpose::_base_/peers_128x128.py']

options = {'optim_wrapper.optimizer.lr': 8e-3}
CPN = {**_base_.UNENHANCED, **_base_.BILINEAR}
# without OHKM, as `plus_trim`
CPN_ALL = {**CPN, 'model.head.refine_loss': _base_.mse}
UNBIASED = _base_.UNBIASED
ROWS = {row['name']: row for row in _base_.experiments}

# DARK, with the blur of 5 cells that the other codecs have here
DARK = dict(UNBIASED, blur_kernel_size=5)
# HRNet at the operations of `plus_trim`
HRNET = {
    'model.backbone': _base_.hrnet_w12,
    'model.head.in_channels': 12,
    'model.head.deconv_out_channels': None,
}
SIZES = dict(input_size=(96, 128), heatmap_size=(24, 32))
SIMCC = dict(_base_.simcc_4x4, input_size=SIZES['input_size'])
RTMPOSE = {
    'model.backbone.out_indices': (3,),
    'model.neck': None,
    'model.head': dict(
        _base_.rtmcc_4x4,
        input_size=SIZES['input_size'],
        in_featuremap_size=(3, 4),
        decoder=dict(_base_.codec, **SIZES),
    ),
}
# the rate of suite `tiny`: on photographs, HRNet and RTMPose's head have more
# with it, and MSPN was trained with no other
SLOWER = {'optim_wrapper.optimizer.lr': 2e-3}

experiments = [
    dict(ROWS['plus_trim'], against=None),
    *[
        dict(row, against='plus_trim')
        for row in (
            ROWS['plus'],
            dict(name='cpn', options=CPN, codec=UNBIASED),
            dict(name='cpn_all_keypoints', options=CPN_ALL, codec=UNBIASED),
            # for the operations of `plus_trim`
            dict(
                name='cpn_narrow',
                options={**CPN, **_base_.NARROW},
                codec=UNBIASED,
            ),
            dict(
                name='cpn_narrow_all_keypoints',
                options={**CPN_ALL, **_base_.NARROW},
                codec=UNBIASED,
            ),
            dict(ROWS['simple_baseline'], codec=DARK),
            dict(
                ROWS['simple_baseline'],
                name='hrnet_narrow',
                options=HRNET,
                codec=DARK,
            ),
            dict(
                ROWS['simple_baseline'],
                name='hrnet_narrow_slower',
                options={**HRNET, **SLOWER},
                codec=DARK,
            ),
            dict(
                name='mspn_slower',
                config='peers/mspn_tiny_synthetic.py',
                options=SLOWER,
            ),
            dict(
                name='rtmpose_head_slower',
                options={**RTMPOSE, **SLOWER},
                codec=SIMCC,
            ),
        )
    ],
]
