"""The panels of the report: their height, and where points are drawn."""

import numpy as np
import pytest

from mlpe_mmpose.tools.report.drawing import (
    COLORS,
    HEIGHT,
    MARGIN,
    WIDTH,
    draw_heatmaps,
    draw_pose,
)

IMAGE = np.full((240, 320, 3), 128, np.uint8)


@pytest.mark.parametrize(
    'box',
    [
        (100, 60, 50, 80),
        (-30, -40, 60, 80),
        (300, 200, 60, 80),
        (900, 60, 50, 80),
        (-500, -500, 10, 10),
        (5, 5, 0, 0),
    ],
)
def test_a_panel_is_as_high_as_the_others_wherever_the_box_lies(box):
    panel = draw_pose(IMAGE, box, np.ones((1, 3)), [''], [])
    assert panel.shape[0] == HEIGHT
    assert panel.shape[1] >= 1


@pytest.mark.parametrize(
    ('image', 'box'),
    [
        (np.full((10, 4000, 3), 128, np.uint8), (0, 0, 4000, 10)),
        (IMAGE, (100, 900, 50, 80)),
        (IMAGE, (1e9, 1e9, 10, 10)),
        # of a missing image
        (None, (1e9, 1e9, 10, 10)),
        (None, (0, 0, 1e9, 1e9)),
        (None, (0, 0, 1e9, 10)),
    ],
)
def test_a_panel_fits_the_page_whatever_the_size_of_box_and_image(image, box):
    panel = draw_pose(image, box, np.ones((1, 3)), [''], [])
    assert max(panel.shape[0] / HEIGHT, panel.shape[1] / WIDTH) == 1


@pytest.mark.parametrize('far', [1e6, 1e10, -1e300])
def test_a_point_far_away_is_not_seen(far):
    points = np.array([[110, 100, 1], [far, far, 1]])
    panel = draw_pose(IMAGE, (100, 60, 80, 80), points, ['', ''], [])
    alone = draw_pose(IMAGE, (100, 60, 80, 80), points[:1], [''], [])
    assert (panel == alone).all()


@pytest.mark.parametrize('kind', COLORS)
def test_a_point_is_drawn_at_its_place_in_the_colour_of_its_error(kind):
    # a box of 80 with its margin: 120 pixels, a scale of 220 / 120
    left, top, side = 100, 60, 80
    point = np.array([[130.0, 110.0, 1.0]])
    panel = draw_pose(IMAGE, (left, top, side, side), point, [kind], [])
    colored = (panel == np.array(COLORS[kind])).all(-1)
    ys, xs = np.nonzero(colored)
    edge = MARGIN * side
    scale = HEIGHT / (side + 2 * edge + 1)
    assert xs.mean() == pytest.approx((130.5 - left + edge) * scale, abs=1)
    assert ys.mean() == pytest.approx((110.5 - top + edge) * scale, abs=1)


def test_a_keypoint_that_is_not_labelled_is_not_drawn():
    hidden = np.array([[130.0, 110.0, 0.0], [120.0, 90.0, 0.0]])
    panel = draw_pose(IMAGE, (100, 60, 80, 80), hidden, ['', ''], [(0, 1)])
    assert (panel == 128).all()


def test_heatmaps_show_the_highest_of_all_keypoints():
    maps = np.zeros((2, 4, 3), np.float32)
    maps[0, 0, 0] = maps[1, 3, 2] = 255
    panel = draw_heatmaps(np.zeros((40, 30, 3), np.uint8), maps).sum(-1)
    assert panel.shape == (HEIGHT, 165)
    low = panel[HEIGHT // 2, 80]
    assert panel[0, 0] > low + 100
    assert panel[-1, -1] > low + 100
