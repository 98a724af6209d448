import numpy as np
import pytest
from xtcocotools.cocoeval import COCOeval

from mlpe_mmpose.evaluation.functional import image_oks

SIGMAS = np.linspace(0.02, 0.11, 17, dtype=np.float32)


@pytest.fixture
def people():
    """15 predictions and 30 annotated people of one image.

    Every fifth of the latter has no labelled keypoint.
    """
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 60, (30, 17, 3)).astype(float)
    truth[..., 2] = rng.choice([0, 1, 2], (30, 17))
    truth[::5, :, 2] = 0
    boxes = rng.uniform(1, 60, (30, 4))
    return rng.normal(30, 20, (15, 17, 2)), truth, boxes


def _stock_oks(keypoints, truth, boxes, areas):
    """xtcocotools' similarities (15, 30)."""
    evaluation = COCOeval(iouType='keypoints', sigmas=SIGMAS)
    evaluation._gts[1, 1] = [
        dict(keypoints=points.reshape(-1), bbox=box, area=area)
        for points, box, area in zip(truth, boxes, areas, strict=True)
    ]
    evaluation._dts[1, 1] = [
        dict(keypoints=np.insert(points, 2, 1, axis=1).reshape(-1), score=1)
        for points in keypoints
    ]
    return evaluation.computeOks(1, 1)


def test_similarities_equal_xtcocotools_to_the_last_bit(people):
    keypoints, truth, boxes = people
    areas = np.linspace(0, 5000, 30)
    expected = _stock_oks(keypoints, truth, boxes, areas)
    assert (expected[:, ::5] > 0).any()
    pairs = np.argwhere(np.ones_like(expected))
    np.testing.assert_array_equal(
        image_oks(keypoints, truth, boxes, areas, SIGMAS, pairs),
        expected.reshape(-1),
    )


def test_only_the_pairs_that_are_asked_for_are_compared(people):
    keypoints, truth, boxes = people
    areas = np.full(30, 900.0)
    arguments = keypoints, truth, boxes, areas, SIGMAS
    everything = image_oks(*arguments, np.argwhere(np.ones((15, 30))))
    pairs = np.array([[3, 7], [3, 5], [14, 29], [0, 0]])
    np.testing.assert_array_equal(
        image_oks(*arguments, pairs),
        everything.reshape(15, 30)[pairs[:, 0], pairs[:, 1]],
    )


def test_of_no_pairs_there_are_no_similarities(people):
    pairs = np.zeros((0, 2), dtype=int)
    assert image_oks(*people, np.ones(30), SIGMAS, pairs).shape == (0,)
