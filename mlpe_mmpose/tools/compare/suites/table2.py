# MLPE beside other top-down networks with the same recipe, on COCO val2017 at
# 256x192. The paper compares on test-dev, whose server is closed, and with
# networks of other sizes; only what was published for these is given here.
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
        config='peers/simple_baseline_resnest50_256x192.py',
        against='mlpe_c',
        paper={'AP': 72.0},
        source="MMPose's own recipe, val2017, detected boxes",
    ),
    dict(
        name='hrnet_w32', config='peers/hrnet_w32_256x192.py', against='mlpe_c'
    ),
    dict(name='mspn50', config='peers/mspn50_256x192.py', against='mlpe_c'),
    dict(
        name='mlpe_plus',
        config='plus/mlpe-plus_resnest50_256x192.py',
        against='mlpe_c',
    ),
]
