"""A small network as float32 and int8 files, and images for it."""

import shutil

import cv2
import numpy as np
import pytest
from exported import Trained

from mlpe_mmpose.runtime import OnnxPose
from mlpe_mmpose.tools.export.calibration import read_crops
from mlpe_mmpose.tools.export.quantise import quantise
from mlpe_mmpose.tools.synth.generator import generate_dataset


@pytest.fixture(scope='module')
def people(tmp_path_factory: pytest.TempPathFactory):
    """A folder of generated images of people."""
    folder = tmp_path_factory.mktemp('people')
    generate_dataset(folder, 1, 6, seed=0)
    return folder


@pytest.fixture(scope='module')
def images(people) -> list[np.ndarray]:
    paths = sorted((people / 'val2017').iterdir())
    return [cv2.imread(str(path)) for path in paths]


@pytest.fixture(scope='module')
def float32(small_mlpe: Trained) -> str:
    return str(small_mlpe.config.with_name('pose.onnx'))


@pytest.fixture(scope='module')
def int8(float32, people, tmp_path_factory) -> str:
    """The small model with 8-bit convolutions."""
    path = tmp_path_factory.mktemp('int8') / 'pose.onnx'
    shutil.copy(float32, path)
    card = OnnxPose(path).card
    annotations = people / 'annotations/person_keypoints_val2017.json'
    quantise(path, card, read_crops(people / 'val2017', annotations, card))
    return str(path)
