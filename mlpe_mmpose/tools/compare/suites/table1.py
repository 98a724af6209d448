# The ablations of the paper's Table I, on COCO val2017. The paper does not
# say which boxes it used; the release tests with ground-truth boxes.
AUTHORS = 'authors, val2017'

experiments = [
    dict(
        name='a',
        config='ablation/mlpe_a_resnest50_256x192.py',
        paper={'AP': 70.1, 'AP(M)': 66.5, 'AP(L)': 76.7},
        source=AUTHORS,
    ),
    dict(
        name='b',
        config='ablation/mlpe_b_resnest50_256x192.py',
        against='a',
        paper={'AP': 70.2, 'AP(M)': 66.6, 'AP(L)': 77.1},
        source=AUTHORS,
    ),
    dict(
        name='c',
        config='mlpe_resnest50_256x192.py',
        against='b',
        paper={'AP': 70.4, 'AP(M)': 66.9, 'AP(L)': 77.1},
        source=AUTHORS,
    ),
    dict(
        name='d',
        config='ablation/mlpe_d_resnest50_256x192.py',
        against='c',
        paper={'AP': 70.2, 'AP(M)': 66.7, 'AP(L)': 76.8},
        source=AUTHORS,
    ),
    dict(
        name='e',
        config='mlpe_resnest50_384x288.py',
        against='c',
        paper={'AP': 72.4, 'AP(M)': 68.1, 'AP(L)': 79.9},
        source=AUTHORS,
    ),
    dict(
        name='f',
        config='mlpe_resnest101_384x288.py',
        against='e',
        paper={'AP': 73.7, 'AP(M)': 69.7, 'AP(L)': 81.0},
        source=AUTHORS,
    ),
]
