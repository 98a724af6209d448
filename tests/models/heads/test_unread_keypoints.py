"""A keypoint of weight 0 is not read, whatever stands in its place."""

import numpy as np
import pytest
import torch

from mlpe_mmpose.codecs import MLPEHeatmap
from mlpe_mmpose.models import MLPEHead, MLPEOHKMLoss
from mlpe_mmpose.models.accuracy import pose_pck_accuracy

CHANNELS = 8
SIZES = dict(
    input_size=(64, 80), heatmap_size=(16, 20), kernel_sizes=(9, 7, 5, 3)
)
FEATS = [(20, 16), (10, 8), (5, 4), (3, 2)]
NOTHING = [np.nan, np.inf, -np.inf, 1e30]


def _losses(coco_dataset, codec: dict, place: float) -> dict:
    """Losses of five persons whose unlabelled keypoints are at one place."""
    pipeline = [
        dict(type='LoadImage'),
        dict(type='GetBBoxCenterScale'),
        dict(type='MarkOccludedKeypoints'),
        dict(type='FastRandomFlip'),
        dict(type='RandomHalfBody', min_total_keypoints=5, prob=1.0),
        dict(type='FastRandomBBoxTransform'),
        dict(type='TopdownAffine', input_size=codec['input_size']),
        dict(type='GenerateTarget', encoder=codec),
        dict(type='PackPoseInputs'),
    ]
    random = np.random.default_rng(0)
    flags = random.integers(0, 3, (5, 17))
    keypoints = random.random((5, 17, 2)) * (90, 150) + (30, 20)
    keypoints[flags == 0] = place
    dataset = coco_dataset(flags, pipeline, keypoints)
    np.random.seed(0)
    samples = [dataset[i]['data_samples'] for i in range(5)]
    torch.manual_seed(0)
    head = MLPEHead(CHANNELS, decoder=codec, level_occluded='supervise')
    feats = [torch.randn(5, CHANNELS, *size) for size in FEATS]
    losses = head.loss(tuple(feats), samples)
    sum(v for name, v in losses.items() if 'loss' in name).backward()
    assert all(p.grad.isfinite().all() for p in head.parameters())
    return {name: value.item() for name, value in losses.items()}


@pytest.mark.parametrize('unbiased', [False, True])
def test_losses_do_not_depend_on_where_unlabelled_keypoints_are(
    coco_dataset, unbiased
):
    codec = dict(SIZES, type='MLPEHeatmap', unbiased=unbiased)
    expected = _losses(coco_dataset, codec, 0)
    assert _losses(coco_dataset, codec, np.nan) == expected


@pytest.mark.parametrize('place', NOTHING)
@pytest.mark.parametrize('unbiased', [False, True])
def test_a_map_of_weight_0_is_empty_wherever_its_keypoint_is(unbiased, place):
    codec = MLPEHeatmap(**SIZES, unbiased=unbiased)
    labels = torch.tensor([[[5.0, 5.0], [place, place]]])
    maps = codec.render(labels, torch.tensor([[1.0, 0.0]]))
    assert torch.equal(maps[:, :, 1], torch.zeros_like(maps[:, :, 1]))
    assert (maps[:, :, 0].amax((-1, -2)) >= 255).all()


@pytest.mark.parametrize('place', NOTHING)
@pytest.mark.parametrize('unbiased', [False, True])
def test_encoding_gives_an_unlabelled_keypoint_no_weight(unbiased, place):
    codec = MLPEHeatmap(**SIZES, unbiased=unbiased)
    places = np.array([[[5.0, 5.0], [place, 5.0]]], dtype=np.float32)
    encoded = codec.encode(places, np.array([[1.0, 0.0]]))
    assert encoded['keypoint_weights'].tolist() == [[1, 0]]


@pytest.mark.parametrize('unbiased', [False, True])
@pytest.mark.parametrize(
    ('place', 'flag', 'words'),
    [
        ((np.nan, 5), 1, r'keypoint 1 .*visibility 1.0.*x, y = nan, 5.0'),
        ((5, np.inf), 1, r'keypoint 1 .*visibility 1.0.*x, y = 5.0, inf'),
        ((5, 5), np.nan, r'keypoint 1 .*visibility nan'),
    ],
)
def test_encoding_refuses_a_labelled_keypoint_that_is_no_number(
    unbiased, place, flag, words
):
    # of data sets that are not COCO's, whose files are not checked
    codec = MLPEHeatmap(**SIZES, unbiased=unbiased)
    places = np.array([[[5.0, 5.0], place]], dtype=np.float32)
    with pytest.raises(ValueError, match=f'MLPEHeatmap .*{words}'):
        codec.encode(places, np.array([[1.0, flag]]))


@pytest.mark.parametrize('place', [np.nan, np.inf])
def test_the_ohkm_loss_reads_no_target_of_weight_0(place):
    output = torch.randn(2, 4, 3, 3, requires_grad=True)
    target = torch.randn(2, 4, 3, 3)
    weights = torch.tensor([[1.0, 0, 1, 0.5], [0, 0, 0, 1]])
    loss = MLPEOHKMLoss(topk=3)
    values, gradients = [], []
    for unread in (0.0, place):
        target[weights == 0] = unread
        values.append(loss(output, target, weights))
        gradients.append(torch.autograd.grad(values[-1], output)[0])
    assert torch.equal(*values)
    assert torch.equal(*gradients)


def test_the_accuracy_reads_no_map_that_does_not_count():
    output, target = torch.rand(2, 2, 4, 9, 9)
    mask = torch.tensor([[True, False, True, False]] * 2)
    expected = pose_pck_accuracy(output, target, mask)
    output[:, 1], target[:, 3] = np.nan, np.nan
    assert pose_pck_accuracy(output, target, mask) == expected
