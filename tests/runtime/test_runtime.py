"""The runtime beside MMPose, on the same crops, heatmaps and people."""

import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
import pytest
from exported import CODEC, skip_if_torch_is_too_old, small_baseline
from mmcv.transforms import Compose
from mmpose.apis import inference_topdown

from mlpe_mmpose.runtime import OnnxPose, crops
from mlpe_mmpose.tools import main
from mlpe_mmpose.tools.synth.generator import generate_dataset

openvino = pytest.importorskip('openvino')
ROOT = Path(__file__).parents[2]
COCO = Path(os.environ.get('COCO_MINI', ROOT.parent / 'shared' / 'coco_mini'))
# a wheel's folder of libraries
LIBRARIES = {
    np: 'numpy',
    cv2: 'opencv*',
    onnxruntime: 'onnxruntime',
    openvino: 'openvino',
}
# left, top, right, bottom: wide, tall, partly and wholly outside, fractions
BOXES = np.array(
    [
        [10, 20, 300, 90],
        [60, 5, 110, 230],
        [-40, -30, 50, 60],
        [400, 300, 450, 380],
        [100.25, 50.5, 160.75, 171.125],
    ]
)


@pytest.fixture(scope='module')
def images(tmp_path_factory) -> list[np.ndarray]:
    """Three generated photographs, 320 x 240."""
    folder = tmp_path_factory.mktemp('people')
    generate_dataset(folder, 1, 3, seed=0)
    paths = sorted((folder / 'val2017').iterdir())
    return [cv2.imread(str(path)) for path in paths]


@pytest.fixture(scope='module')
def onnx_pose(small_mlpe) -> OnnxPose:
    """The small model, exported as its config tests: with flip test."""
    return OnnxPose(small_mlpe.config.with_name('pose.onnx'), threads=1)


def in_mmpose(model, image: np.ndarray, boxes: np.ndarray) -> tuple:
    """Keypoints (N, K, 2) and scores (N, K) of MMPose's own inference."""
    results = [
        r.pred_instances for r in inference_topdown(model, image, boxes)
    ]
    return (
        np.concatenate([r.keypoints for r in results]),
        np.concatenate([r.keypoint_scores for r in results]),
    )


@pytest.mark.parametrize('size', [(48, 64), (288, 384), (64, 64)])
def test_a_crop_equals_that_of_the_pipeline_bit_by_bit(images, size):
    pipeline = Compose(
        [
            dict(type='GetBBoxCenterScale', padding=1.25),
            dict(type='TopdownAffine', input_size=size),
        ]
    )
    centers, scales = crops.pad_boxes(BOXES, size, 1.25)
    for box, center, scale in zip(BOXES, centers, scales, strict=True):
        expected = pipeline(dict(img=images[0], bbox=box[None]))
        assert np.array_equal(
            crops.crop(images[0], center, scale, size), expected['img']
        )
        assert np.array_equal(center, expected['input_center'])
        assert np.array_equal(scale, expected['input_scale'])


def test_boxes_between_the_pixels_are_cropped_as_in_the_pipeline(
    images, onnx_pose, monkeypatch
):
    seen, run = [], onnx_pose._run
    monkeypatch.setattr(
        onnx_pose, '_run', lambda batch: seen.append(batch) or run(batch)
    )
    height, width = images[0].shape[:2]
    random = np.random.default_rng(0)
    low = random.uniform(0, 0.6, (100, 2)) * (width, height)
    size = random.uniform(0.1, 0.4, (100, 2)) * (width, height)
    boxes = np.hstack([low, low + size]).astype(np.float32)
    onnx_pose(images[0], boxes)
    pipeline = Compose(
        [
            dict(type='GetBBoxCenterScale', padding=onnx_pose.card.padding),
            dict(type='TopdownAffine', input_size=onnx_pose.card.input_size),
        ]
    )
    for box, crop in zip(boxes, np.concatenate(seen), strict=True):
        expected = pipeline(dict(img=images[0], bbox=box[None]))
        assert np.array_equal(crop, expected['img'])


def check_poses(pose: OnnxPose, model, image: np.ndarray) -> np.ndarray:
    """Compare with MMPose's own inference, and return the keypoints."""
    expected = in_mmpose(model, image, BOXES)
    keypoints, scores = pose(image, BOXES)
    assert np.abs(keypoints - expected[0]).max() < 0.1
    np.testing.assert_allclose(scores, expected[1], atol=1e-4)
    return keypoints


def test_poses_equal_those_of_inference_topdown(small_mlpe, images, onnx_pose):
    assert onnx_pose.card.flip_test
    for image in images:
        check_poses(onnx_pose, small_mlpe.model(), image)


def test_poses_of_the_unbiased_codec_equal_those_of_inference_topdown(
    tmp_path, images
):
    codec = {**CODEC, 'unbiased': True}
    trained = small_baseline(tmp_path, codec)
    pose = OnnxPose(trained.export('pose.onnx'), threads=1)
    check_poses(pose, trained.model(), images[1])


def test_options_of_the_export_change_padding_and_keypoints(tmp_path, images):
    # a wrist without the other one, and not in the order of the data set
    kept = [9, 0, 5, 6]
    trained = small_baseline(tmp_path)
    skip_if_torch_is_too_old()
    path = tmp_path / 'pose.onnx'
    arguments = [
        *('export', trained.config, trained.checkpoint, path),
        *('--no-flip-test', '--cfg-options'),
        'test_dataloader.dataset.pipeline.1.padding=1.5',
        f'model.test_cfg.output_keypoint_indices={kept}',
    ]
    assert main([str(argument) for argument in arguments]) == 0
    pose = OnnxPose(path)
    names = ('left_wrist', 'nose', 'left_shoulder', 'right_shoulder')
    assert pose.card.keypoint_names == names
    assert (pose.card.padding, pose.card.flip_test) == (1.5, False)
    model = trained.model(flip_test=False, output_keypoint_indices=kept)
    model.cfg.test_dataloader.dataset.pipeline[1].padding = 1.5
    assert check_poses(pose, model, images[1]).shape == (5, 4, 2)


@pytest.mark.skipif(
    not COCO.is_dir(),
    reason='no small piece of COCO: set COCO_MINI to a folder with COCO '
    f'2017 layout ({COCO} is missing)',
)
def test_on_photographs_poses_equal_those_of_inference_topdown(
    small_mlpe, onnx_pose
):
    from xtcocotools import coco

    data = coco.COCO(str(COCO / 'annotations/person_keypoints_val2017.json'))
    model = small_mlpe.model()
    for image_id in data.getImgIds()[:10]:
        people = data.loadAnns(data.getAnnIds(image_id, iscrowd=False))
        boxes = np.array([person['bbox'] for person in people], float)
        boxes[:, 2:] += boxes[:, :2]
        name = data.loadImgs(image_id)[0]['file_name']
        image = cv2.imread(str(COCO / 'val2017' / name))
        expected, _ = in_mmpose(model, image, boxes)
        assert np.abs(onnx_pose(image, boxes)[0] - expected).max() < 0.1


def test_the_batch_size_does_not_change_the_poses(
    small_mlpe, images, onnx_pose
):
    boxes = [BOXES[:3], [], BOXES]
    two = OnnxPose(small_mlpe.config.with_name('pose.onnx'), batch_size=2)
    for some, at_once in zip(
        two.predict(images, boxes),
        onnx_pose.predict(images, boxes),
        strict=True,
    ):
        assert np.abs(some[0] - at_once[0]).max(initial=0) < 0.1
    alone = [onnx_pose(*pair) for pair in zip(images, boxes, strict=True)]
    assert [len(k) for k, _ in alone] == [3, 0, 5]
    for one, at_once in zip(
        alone, onnx_pose.predict(images, boxes), strict=True
    ):
        assert np.abs(one[0] - at_once[0]).max(initial=0) < 0.1


def test_no_boxes_and_no_images_give_empty_results(images, onnx_pose):
    for boxes in ([], np.empty((0, 4)), np.empty((0, 4), np.float32)):
        keypoints, scores = onnx_pose(images[0], boxes)
        assert keypoints.shape == (0, 17, 2)
        assert scores.shape == (0, 17)
    assert onnx_pose.predict([], []) == []


def test_a_whole_image_may_be_a_box_and_scores_of_boxes_are_ignored(
    images, onnx_pose
):
    boxes = np.array([[0, 0, 320, 240, 0.5]])
    expected, _ = onnx_pose(images[0], boxes[:, :4])
    for given in (None, boxes):
        keypoints, _ = onnx_pose(images[0], given)
        np.testing.assert_array_equal(keypoints, expected)


@pytest.mark.parametrize(
    ('boxes', 'words'),
    [
        (
            [[5, 5, 20, 20], [10, 10, 10, 30]],
            r'boxes\[0\] .*right > left.*box 1\.',
        ),
        ([[10, 10, float('nan'), 30]], 'nan'),
        ([[10, 10, float('inf'), 30]], 'inf'),
        ([[10, 10, 20]], r'\(1, 3\)'),
        ([1, 2, 3, 4], r'\(4,\)'),
    ],
)
def test_wrong_boxes_are_refused_by_name(images, onnx_pose, boxes, words):
    with pytest.raises(ValueError, match=words):
        onnx_pose(images[0], boxes)


@pytest.mark.parametrize(
    'image', [None, np.zeros((9, 9), np.uint8), np.zeros((9, 9, 3))]
)
def test_wrong_images_are_refused_by_name(onnx_pose, image):
    with pytest.raises(ValueError, match=r'images\[0\] to be an array'):
        onnx_pose(image, BOXES)
    with pytest.raises(ValueError, match='images=0 and boxes=1 in number'):
        onnx_pose.predict([], [BOXES])


def test_an_image_that_opencv_cannot_crop_is_refused_by_name(onnx_pose):
    image = np.zeros((2**15 - 1, 2, 3), np.uint8)
    with pytest.raises(ValueError, match=r'images\[0\] of 2x32767\. Cut'):
        onnx_pose(image, [[0, 0, 2, 9]])
    assert len(onnx_pose(image[1:], [[0, 0, 2, 9]])[0]) == 1


# Finds poses, with no path but that of the packages in the last argument
ALONE = """
import sys

sys.path = [path for path in sys.path if 'site-packages' not in path]
sys.path.append(sys.argv[-1])
import numpy as np
from mlpe_mmpose.runtime import OnnxPose

assert not {'torch', 'mmengine', 'mmcv', 'mmpose'} & set(sys.modules)
image, boxes, found = (np.load(path) for path in sys.argv[2:5])
keypoints, scores = OnnxPose(sys.argv[1], backend=sys.argv[5])(image, boxes)
assert np.abs(keypoints - found).max() < 0.1
"""


@pytest.mark.parametrize('backend', [onnxruntime, openvino])
def test_the_runtime_needs_only_numpy_opencv_and_its_backend(
    small_mlpe, images, onnx_pose, tmp_path, backend
):
    packages = tmp_path / 'packages'
    packages.mkdir()
    (packages / 'mlpe_mmpose').symlink_to(ROOT / 'mlpe_mmpose')
    for module in (np, cv2, backend):
        folder = Path(module.__file__).parent
        # with the libraries that a wheel brings beside its package
        for path in (folder, *folder.parent.glob(f'{LIBRARIES[module]}.libs')):
            (packages / path.name).symlink_to(path)
    arrays = (images[0], BOXES, onnx_pose(images[0], BOXES)[0])
    paths = [str(tmp_path / f'{number}.npy') for number in range(3)]
    for path, array in zip(paths, arrays, strict=True):
        np.save(path, array)
    model = str(small_mlpe.config.with_name('pose.onnx'))
    done = subprocess.run(
        # -I: without the folder and the variables of this run
        [
            *(sys.executable, '-I', '-S', '-c', ALONE),
            *(model, *paths, backend.__name__, packages),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
