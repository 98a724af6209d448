"""People with other keypoints than the head's are refused by numbers."""

import pytest
import torch

from mlpe_mmpose.models import MLPEHead

SIZES = dict(input_size=(64, 64), heatmap_size=(16, 16))
CODEC = dict(type='MLPEHeatmap', kernel_sizes=(9, 7, 5, 3), **SIZES)
# the first fourteen, as a data set that nobody has converted to COCO's
FOURTEEN = dict(
    type='KeypointConverter',
    num_keypoints=14,
    mapping=[(k, k) for k in range(14)],
)


@pytest.fixture
def person(coco_dataset):
    """A sample of the real pipeline: ``person(*steps before the target)``."""

    def make(*steps: dict):
        pipeline = [
            dict(type='LoadImage'),
            dict(type='GetBBoxCenterScale'),
            *steps,
            dict(type='TopdownAffine', input_size=SIZES['input_size']),
            dict(type='GenerateTarget', encoder=CODEC),
            dict(type='PackPoseInputs'),
        ]
        return coco_dataset([[2] * 17], pipeline)[0]['data_samples']

    return make


# one heatmap would be compared with all seventeen, by broadcasting
@pytest.mark.parametrize('out_channels', [1, 5])
def test_a_head_for_another_number_of_keypoints_is_refused(
    person, out_channels
):
    head = MLPEHead(8, out_channels, decoder=CODEC)
    feats = [torch.randn(2, 8, size, size) for size in (16, 8, 4, 2)]
    words = f'out_channels={out_channels} keypoints, .* have .17.. Set out_ch'
    with pytest.raises(AssertionError, match=words):
        head.loss(feats, [person(), person()])


def test_data_sets_with_different_keypoints_name_the_converter(person):
    head = MLPEHead(8, 17, decoder=CODEC)
    feats = [torch.randn(2, 8, size, size) for size in (16, 8, 4, 2)]
    words = r'have \[14, 17\].* KeypointConverter'
    with pytest.raises(AssertionError, match=words):
        head.loss(feats, [person(), person(FOURTEEN)])
