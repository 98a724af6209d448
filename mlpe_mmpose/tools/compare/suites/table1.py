# The ablations of the paper's Table I, on COCO val2017. The paper does not
# say which boxes it used; the release tests with ground-truth boxes.
data = dict(boxes=None)  # the boxes of the annotations
# the configs have the learning rate of 256 persons in a step
options = {'auto_scale_lr.enable': True}

ROWS = [
    # name, peer, config, AP, AP(M), AP(L)
    ('a', None, 'ablation/mlpe_a_resnest50_256x192.py', 70.1, 66.5, 76.7),
    ('b', 'a', 'ablation/mlpe_b_resnest50_256x192.py', 70.2, 66.6, 77.1),
    ('c', 'b', 'mlpe_resnest50_256x192.py', 70.4, 66.9, 77.1),
    ('d', 'c', 'ablation/mlpe_d_resnest50_256x192.py', 70.2, 66.7, 76.8),
    ('e', 'c', 'mlpe_resnest50_384x288.py', 72.4, 68.1, 79.9),
    ('f', 'e', 'mlpe_resnest101_384x288.py', 73.7, 69.7, 81.0),
]

experiments = [
    dict(
        name=name,
        config=config,
        against=peer,
        paper={'AP': ap, 'AP(M)': medium, 'AP(L)': large},
        source='authors, val2017',
    )
    for name, peer, config, ap, medium, large in ROWS
]
