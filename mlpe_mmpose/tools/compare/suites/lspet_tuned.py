# Rows of suite `lspet` at four times the learning rate. The peers have codecs
# that do not round to cells; the codec of MLPE-plus does not round either.
#
#   python -m mlpe_mmpose compare lspet_tuned --data data/lspet --out OUT
_base_ = ['lspet.py']

options = {'optim_wrapper.optimizer.lr': 8e-3}
# name, and the codec in the place of the row's own
CODECS = {
    'plus': None,
    'plus_trim': None,
    'cpn': _base_.UNBIASED,
    'cpn_narrow': _base_.UNBIASED,
    'simple_baseline': _base_.dark,
    # MMPose has no other codec for it
    'mspn': None,
    'hrnet': _base_.dark,
    'hrnet_narrow': _base_.dark,
    'rtmpose_head': None,
}

experiments = [
    dict(
        row,
        against=None if row['name'] == 'plus_trim' else 'plus_trim',
        codec=CODECS[row['name']] or row['codec'],
    )
    for row in _base_.experiments
    if row['name'] in CODECS
]
# CPN with the codec of MLPE's release, which rounds; and without OHKM, as
# `plus_trim`, also with its width
(CPN_ROW,) = [row for row in _base_.experiments if row['name'] == 'cpn']
CPN_ALL = {**CPN_ROW['options'], **_base_.ALL}
experiments += [
    dict(CPN_ROW, name='cpn_rounding', against='plus_trim'),
    *[
        dict(
            CPN_ROW,
            name=name,
            options=options,
            codec=_base_.UNBIASED,
            against='plus_trim',
        )
        for name, options in (
            ('cpn_all_keypoints', CPN_ALL),
            ('cpn_narrow_all_keypoints', {**CPN_ALL, **_base_.NARROW}),
        )
    ],
]
