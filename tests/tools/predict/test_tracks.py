"""Numbers of people over a video."""

import numpy as np

from mlpe_mmpose.tools.predict.frames import Frame
from mlpe_mmpose.tools.predict.tracks import Tracker, track

IMAGE = np.zeros((200, 300, 3), np.uint8)


def walk(number: int) -> np.ndarray:
    """Two people who come nearer by 2 pixels a frame, in changing order."""
    left = [10 + 2 * number, 50, 50 + 2 * number, 150, 0.9]
    right = [200, 50, 240, 150, 0.8]
    boxes = [left, right] if number % 2 else [right, left]
    return np.array(boxes, np.float32)


def test_people_keep_their_numbers_when_the_order_changes():
    tracker = Tracker(fps=25)
    for number in range(30):
        ids = tracker(walk(number)).tolist()
        if number % 2:
            ids.reverse()
        assert ids == [1, 2]  # of the right and of the left person


def test_a_person_who_is_unseen_for_some_frames_keeps_the_number():
    tracker = Tracker(fps=25)
    for _ in range(10):
        ids = tracker(walk(0))
    for _ in range(8):
        assert len(tracker(walk(0)[:0])) == 0
    assert tracker(walk(0)).tolist() == ids.tolist()


def test_a_person_elsewhere_has_another_number():
    tracker = Tracker(fps=25)
    box = np.array([[10, 10, 40, 90, 1]], np.float32)
    (first,) = tracker(box)
    (second,) = tracker(box + np.array([200, 0, 200, 0, 0]))
    assert first != second


def test_smoothing_takes_jitter_from_each_track():
    random = np.random.default_rng(0)
    frames = [
        Frame(
            number,
            'v',
            IMAGE,
            boxes=walk(0),
            keypoints=walk(0)[:, None, :2] + random.normal(0, 1, (2, 17, 2)),
            scores=np.ones((2, 17)),
        )
        for number in range(60)
    ]
    given = np.stack([frame.keypoints for frame in frames])
    smoothed = np.stack(
        [f.keypoints for f in track(iter(frames), fps=25, smooth=True)]
    )
    np.testing.assert_array_equal(smoothed[0], given[0])
    assert smoothed[20:].std(0).mean() < 0.7 * given[20:].std(0).mean()
    # no track moved towards the other
    np.testing.assert_allclose(smoothed[20:].mean(0), given.mean(0), atol=3)
