import numpy as np
import pytest
from mmpose.evaluation import functional as stock
from mmpose.evaluation.functional.nms import oks_iou

from mlpe_mmpose.evaluation.functional import nms, oks_nms

# above 16 detections NumPy sorts in another way, which breaks ties otherwise
SIZES = [1, 2, 5, 17, 40, 100]
SIGMAS = np.linspace(0.02, 0.11, 17, dtype=np.float32)


def _image(
    rng: np.random.Generator, size: int, dtype: type = np.float32
) -> list[dict]:
    """Detections of an image: near each other, some twice, some tied."""
    poses = rng.uniform(0, 200, (3, 17, 2))[rng.integers(3, size=size)]
    blur = rng.choice([0, 2, 10, 30], (size, 1, 1))
    poses = (poses + blur * rng.normal(size=poses.shape)).astype(dtype)
    areas = rng.choice([900.0, 5000.0, 22000.3], size).astype(dtype)
    scores = rng.integers(1, 9, size) / 9
    return [
        # with the scores of the keypoints, as CocoMetric calls it
        dict(keypoints=np.insert(k, 2, 0, axis=1), area=a, score=s)
        for k, a, s in zip(poses, areas, scores, strict=True)
    ]


@pytest.mark.parametrize('thr', [0.3, 0.9])
@pytest.mark.parametrize(
    ('dtype', 'sigmas'),
    [
        (np.float32, SIGMAS),
        (np.float32, SIGMAS.astype(np.float64)),
        (np.float64, SIGMAS),
    ],
)
@pytest.mark.parametrize('chunk', [1, 17 * 40 * 7, nms.CHUNK])
def test_the_same_detections_are_kept_in_the_same_order(
    thr, dtype, sigmas, chunk, monkeypatch
):
    monkeypatch.setattr(nms, 'CHUNK', chunk)
    rng = np.random.default_rng(0)
    kept = 0
    for size in SIZES * 3:
        image = _image(rng, size, dtype)
        expected = stock.oks_nms(image, thr, sigmas)
        np.testing.assert_array_equal(oks_nms(image, thr, sigmas), expected)
        kept += len(expected)
    assert 3 * len(SIZES) < kept < 3 * sum(SIZES)


@pytest.mark.parametrize('dtype', [np.float32, np.float64])
def test_similarities_equal_the_stock_ones_to_the_last_bit(dtype):
    first, *others = _image(np.random.default_rng(0), 60, dtype)
    similarities = oks_iou(
        first['keypoints'].ravel(),
        np.stack([o['keypoints'].ravel() for o in others]),
        first['area'],
        np.array([o['area'] for o in others]),
        SIGMAS,
    )
    for other, similarity in zip(others, similarities.tolist(), strict=True):
        pair = [dict(first, score=1.0), dict(other, score=0.5)]
        # equal is not above; one step of float32 lower, and it is
        assert len(oks_nms(pair, similarity, SIGMAS)) == 2
        below = np.nextafter(np.float32(similarity), np.float32(-1))
        assert len(oks_nms(pair, float(below), SIGMAS)) == 1


def test_scores_in_single_precision_are_sorted_as_such():
    image = _image(np.random.default_rng(4), 40)
    for detection in image:
        detection['score'] = np.float32(detection['score'])
    np.testing.assert_array_equal(
        oks_nms(image, 0.5, SIGMAS), stock.oks_nms(image, 0.5, SIGMAS)
    )


def test_a_keypoint_that_is_not_a_number_is_treated_alike():
    image = _image(np.random.default_rng(5), 40)
    for detection in image[::7]:
        detection['keypoints'][3] = np.nan
    np.testing.assert_array_equal(
        oks_nms(image, 0.5, SIGMAS), stock.oks_nms(image, 0.5, SIGMAS)
    )


def test_of_equal_detections_one_remains():
    pose = np.ones((17, 2), dtype=np.float32)
    image = [dict(keypoints=pose, area=1.0, score=i / 9) for i in range(9)]
    assert oks_nms(image, 0.9, SIGMAS).tolist() == [8]
