import numpy as np
import pytest
from mmpose.evaluation import functional as stock
from mmpose.evaluation.functional.nms import oks_iou

from mlpe_mmpose.evaluation.functional import oks_nms, soft_oks_nms

# above 16 people NumPy sorts in another way, which breaks ties otherwise
SIZES = np.array([1, 0, 2, 5, 17, 40, 5, 1, 0, 100])
SIGMAS = np.linspace(0.02, 0.11, 17, dtype=np.float32)
PAIRS = [(oks_nms, stock.oks_nms), (soft_oks_nms, stock.soft_oks_nms)]


def _people(
    seed: int, sizes: np.ndarray = SIZES, dtype: type = np.float32
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Keypoints, areas and scores: near each other, some twice, some tied."""
    rng = np.random.default_rng(seed)
    total = sizes.sum()
    poses = rng.uniform(0, 200, (3, 17, 2))[rng.integers(3, size=total)]
    blur = rng.choice([0, 2, 10, 30], (total, 1, 1))
    keypoints = poses + blur * rng.normal(size=poses.shape)
    areas = rng.choice([900.0, 5000.0, 22000.3], total)
    scores = rng.integers(1, 9, total) / 9
    return keypoints.astype(dtype), areas.astype(dtype), scores


def _stock_keep(nms, keypoints, areas, scores, sizes, thr, sigmas):
    """What MMPose keeps, image by image, as indices of all people."""
    ends = np.cumsum(sizes)
    keep = [np.zeros(0, dtype=int)]
    for start, end in zip(ends - sizes, ends, strict=True):
        people = [
            dict(
                # with the scores, as CocoMetric calls it
                keypoints=np.insert(keypoints[row], 2, 0, axis=1),
                area=areas[row],
                score=scores[row],
            )
            for row in range(start, end)
        ]
        if people:
            keep.append(start + nms(people, thr, sigmas=sigmas))
    return np.concatenate(keep)


@pytest.mark.parametrize(('ours', 'theirs'), PAIRS)
@pytest.mark.parametrize('thr', [0.3, 0.9])
@pytest.mark.parametrize(
    ('dtype', 'sigmas'),
    [
        (np.float32, SIGMAS),
        (np.float32, SIGMAS.astype(np.float64)),
        (np.float64, SIGMAS),
    ],
)
def test_the_same_people_are_kept_in_the_same_order(
    ours, theirs, thr, dtype, sigmas
):
    for seed in range(3):
        people = _people(seed, dtype=dtype)
        expected = _stock_keep(theirs, *people, SIZES, thr, sigmas)
        assert 0 < len(expected) < SIZES.sum()
        np.testing.assert_array_equal(
            ours(*people, SIZES, thr, sigmas), expected
        )


@pytest.mark.parametrize('dtype', [np.float32, np.float64])
def test_similarities_equal_the_stock_ones_to_the_last_bit(dtype):
    keypoints, areas, _ = _people(0, np.array([200]), dtype)
    similarities = oks_iou(
        np.insert(keypoints[0], 2, 0, axis=1).reshape(-1),
        np.insert(keypoints[1:], 2, 0, axis=2).reshape(199, -1),
        areas[0],
        areas[1:],
        SIGMAS,
    )
    sizes = np.array([2])
    scores = np.array([1.0, 0.5])
    for other, similarity in enumerate(similarities[:60].tolist(), 1):
        pair = keypoints[[0, other]], areas[[0, other]], scores, sizes
        # equal is not above; one step of float32 lower, and it is
        assert len(oks_nms(*pair, similarity, SIGMAS)) == 2
        below = np.nextafter(np.float32(similarity), np.float32(-1))
        assert len(oks_nms(*pair, float(below), SIGMAS)) == 1


@pytest.mark.parametrize(('ours', 'theirs'), PAIRS)
def test_scores_in_single_precision_are_sorted_as_such(ours, theirs):
    keypoints, areas, scores = _people(4)
    people = keypoints, areas, scores.astype(np.float32)
    np.testing.assert_array_equal(
        ours(*people, SIZES, 0.5, SIGMAS),
        _stock_keep(theirs, *people, SIZES, 0.5, SIGMAS),
    )


@pytest.mark.parametrize(('ours', 'theirs'), PAIRS)
def test_a_keypoint_that_is_not_a_number_is_treated_alike(ours, theirs):
    keypoints, areas, scores = _people(5)
    keypoints[::7, 3] = np.nan
    np.testing.assert_array_equal(
        ours(keypoints, areas, scores, SIZES, 0.5, SIGMAS),
        _stock_keep(theirs, keypoints, areas, scores, SIZES, 0.5, SIGMAS),
    )


@pytest.mark.parametrize('nms', [oks_nms, soft_oks_nms])
def test_without_people_nobody_is_kept(nms):
    people = np.zeros((0, 17, 2)), np.zeros(0), np.zeros(0)
    assert len(nms(*people, np.zeros(3, dtype=int), 0.9, SIGMAS)) == 0


def test_of_people_who_are_equal_one_remains():
    keypoints = np.ones((9, 17, 2), dtype=np.float32)
    people = keypoints, np.ones(9), np.linspace(0, 1, 9)
    assert oks_nms(*people, np.array([9]), 0.9, SIGMAS).tolist() == [8]


def test_soft_suppression_takes_as_many_as_it_is_told():
    people = _people(6)
    keep = soft_oks_nms(*people, SIZES, 0.9, SIGMAS, max_dets=4)
    assert len(keep) == np.minimum(SIZES, 4).sum()
