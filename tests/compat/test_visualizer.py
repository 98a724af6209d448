"""MMPose's visualizer draws keypoints, whatever the NumPy."""

import cv2
import numpy as np
import pytest
import torch
from mmpose.visualization.opencv_backend_visualizer import (
    OpencvBackendVisualizer,
)


@pytest.mark.parametrize('radius', [np.array([3]), torch.tensor([3]), 3])
@pytest.mark.parametrize('alpha', [1.0, 0.5])
def test_a_circle_has_the_radius_of_an_array_of_one_number(radius, alpha):
    image = np.zeros((40, 60, 3), np.uint8)
    visualizer = OpencvBackendVisualizer('any', backend='opencv')
    visualizer.set_image(image)
    visualizer.draw_circles(
        np.array([20.0, 15.0]), radius, face_colors=(200, 0, 0), alpha=alpha
    )
    expected = cv2.circle(image.copy(), (20, 15), 3, (200 * alpha, 0, 0), -1)
    assert (visualizer.get_image() == expected).all()
