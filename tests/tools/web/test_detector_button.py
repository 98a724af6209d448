"""The button that finds people, with a detector of torchvision behind it."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from browser import FIELD, FILE, Page
from exported import Trained
from torchvision.models import get_model

from mlpe_mmpose.apis import build_detector
from mlpe_mmpose.tools.web.serve_page import serve_page
from mlpe_mmpose.tools.web.uploads import MOST_BOXES

NAME = 'ssdlite320_mobilenet_v3_large'
DETECTOR = f'torchvision:{NAME}'


def write_weights(path: Path, bias: float) -> str:
    """Write random weights, with which all places look like people.

    Their score is about the sigmoid of the bias.
    """
    torch.manual_seed(0)
    classes = 2  # background and people
    model = get_model(
        NAME, weights=None, weights_backbone=None, num_classes=classes
    )
    for layers in model.head.classification_head.module_list:
        with torch.no_grad():
            layers[-1].bias.view(-1, classes)[:] = torch.tensor([0, bias])
    torch.save(model.state_dict(), path)
    return str(path)


def open_page(small_mlpe: Trained, checkpoint: str) -> Iterator[str]:
    """Yield the address of a page with a detector."""
    page = serve_page(
        small_mlpe.config, small_mlpe.checkpoint, DETECTOR, checkpoint
    )
    yield page.local_url
    page.close()


@pytest.fixture(scope='module')
def crowd(tmp_path_factory) -> str:
    """Weights with which there are people everywhere."""
    return write_weights(tmp_path_factory.mktemp('crowd') / 'ssd.pth', 2.0)


@pytest.fixture(scope='module')
def url_of_crowd(small_mlpe, crowd) -> Iterator[str]:
    yield from open_page(small_mlpe, crowd)


@pytest.fixture(scope='module')
def url_of_nobody(small_mlpe, tmp_path_factory) -> Iterator[str]:
    path = tmp_path_factory.mktemp('nobody') / 'ssd.pth'
    yield from open_page(small_mlpe, write_weights(path, -4.0))


def detect(page: Page, url: str, photo: Path) -> None:
    """Drop an image, and press the button."""
    page.open(url, FILE)
    page.drop_file(photo)
    page.wait("document.querySelectorAll('img').length == 1")
    page.press('Detect people')


def test_the_detected_boxes_are_written_drawn_and_used(
    url_of_crowd, page, photo, crowd
):
    detect(page, url_of_crowd, photo)
    text = page.wait(f'{FIELD}.value')
    shown = [[float(x) for x in line.split(',')] for line in text.split('\n')]
    (found,) = build_detector(DETECTOR, crowd)([cv2.imread(str(photo))])
    # the best of a crowd, and not more than the page takes
    assert len(found) > len(shown) == MOST_BOXES
    np.testing.assert_allclose(shown, found[:MOST_BOXES, :4], atol=0.051)
    page.press('Find poses')
    page.wait("document.body.innerText.includes('person 1')")
    assert 'left_ankle' in page.run('document.body.innerText')


def test_a_visitor_reads_that_nobody_is_found(url_of_nobody, page, photo):
    detect(page, url_of_nobody, photo)
    message = 'The detector finds nobody. Draw a box.'
    page.wait(f"document.body.innerText.includes('{message}')")
    assert page.run(f'{FIELD}.value') == ''
