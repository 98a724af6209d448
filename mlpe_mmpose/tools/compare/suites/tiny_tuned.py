# As lspet_tuned.py, on the generated people of suite `tiny`.
#
#   python -m mlpe_mmpose compare tiny_tuned --data DATA --out OUT
_base_ = ['tiny_steps.py']

options = {'optim_wrapper.optimizer.lr': 8e-3}
CPN = {**_base_.UNENHANCED, **_base_.BILINEAR}
UNBIASED = _base_.UNBIASED
ROWS = {row['name']: row for row in _base_.experiments}

experiments = [
    dict(ROWS['plus_trim'], against=None),
    dict(ROWS['plus'], against='plus_trim'),
    dict(name='cpn', options=CPN, codec=UNBIASED, against='plus_trim'),
    # for the operations of `plus_trim`
    dict(
        name='cpn_narrow',
        options={**CPN, **_base_.NARROW},
        codec=UNBIASED,
        against='plus_trim',
    ),
    # DARK, with the blur of 5 cells that the other codecs have here
    dict(
        ROWS['simple_baseline'],
        codec=dict(UNBIASED, blur_kernel_size=5),
        against='plus_trim',
    ),
]
