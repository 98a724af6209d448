"""Skeletons and heatmaps over an image."""

import numpy as np

from mlpe_mmpose.tools.drawing import LINE, draw_heatmaps_over, draw_skeleton

GREEN, RED = (0, 255, 0), (0, 0, 255)


def test_points_and_the_link_between_them_have_their_places():
    image = np.zeros((60, 80, 3), np.uint8)
    points = np.array([[20, 30], [60, 30], [40, 5]])
    shown = np.array([True, True, False])
    links, colors = [(0, 1), (1, 2)], [GREEN, RED, RED]
    draw_skeleton(image, points, shown, links, colors)
    assert tuple(image[30, 20]) == GREEN
    assert tuple(image[30, 60]) == RED
    # the line is smoothed
    assert image[30, 40].min() > 0.8 * min(LINE)
    # neither the third point nor the link to it
    assert not image[:20].any()


def test_a_cell_covers_its_part_of_the_image():
    image = np.zeros((40, 60, 3), np.uint8)
    maps = np.zeros((2, 1, 4, 2), np.float32)
    maps[0, 0, 3, 1] = maps[1, 0, 0, 0] = 255
    areas = np.array([[0, 0, 20, 40], [40, 20, 60, 40]], float)
    light = draw_heatmaps_over(image, maps, areas).sum(-1) > 200
    expected = np.zeros((40, 60), bool)
    expected[30:, 10:20] = True  # the last of 4 x 2 cells of 10 x 10 pixels
    expected[20:25, 40:50] = True  # the first of 4 x 2 cells of 10 x 5
    np.testing.assert_array_equal(light, expected)


def test_values_beyond_the_peak_do_not_wrap_around():
    image = np.zeros((8, 8, 3), np.uint8)
    maps = np.array([[[[300.0, -20.0]]]], np.float32)
    drawn = draw_heatmaps_over(image, maps, np.array([[0, 0, 8, 8]], float))
    assert drawn[:, :4].sum(-1).min() > 200
    assert drawn[:, 4:].sum(-1).max() < 20
