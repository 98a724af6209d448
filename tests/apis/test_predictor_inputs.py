"""Boxes of all number types, and images that cannot be read."""

import copy
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from exported import GRAY, Trained, small_mlpe
from mmengine.config import Config
from mmpose.apis import inference_topdown

from mlpe_mmpose.apis import Predictor, predict_heatmaps

FRAME = np.random.default_rng(0).integers(0, 256, (280, 260, 3), np.uint8)
BOX = [[20, 30, 120, 125]]


@pytest.fixture(scope='module')
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    return small_mlpe(tmp_path_factory.mktemp('predictor_inputs'))


@pytest.fixture(scope='module')
def plain(trained: Trained) -> Predictor:
    return Predictor(trained.config, trained.checkpoint, fuse=False)


INTEGERS = ['uint8', 'int8', 'int16', 'uint16', 'int32', 'int64', 'uint64']
FLOATS = ['float16', 'float32', 'float64']


@pytest.mark.parametrize('dtype', [*INTEGERS, *FLOATS, 'list'])
def test_boxes_of_any_number_type_give_the_poses_of_float32_boxes(
    plain, trained, dtype
):
    # the sum of two sides is more than the small types can hold
    limits = {'uint8': 250, 'int8': 125, 'int16': 32_000}
    limit = limits.get(dtype, 60_000)
    boxes = np.array([BOX[0], [limit // 2, limit // 3, limit, limit]])
    boxes = boxes.tolist() if dtype == 'list' else boxes.astype(dtype)
    (result,) = plain([FRAME], [boxes])
    float_boxes = np.array(boxes, np.float32)
    theirs = inference_topdown(trained.model(), FRAME, float_boxes)
    for name in ('keypoints', 'keypoint_scores', 'bboxes'):
        wanted = np.concatenate([s.pred_instances.get(name) for s in theirs])
        np.testing.assert_array_equal(result.pred_instances.get(name), wanted)


BAD = [
    ([FRAME[..., 0]], None, r'images\[0\] .*array \(280, 260\) of uint8'),
    ([FRAME.astype(float)], None, r'images\[0\] .* of float64'),
    ([FRAME[:0]], None, r'images\[0\] .*\(0, 260, 3\)'),
    ([7], None, r'images\[0\] to be a path.*got int'),
    ('a.jpg', None, 'images to be an iterable.*type str'),
    (FRAME, None, 'images to be an iterable.*type ndarray'),
    ([FRAME], [[1, 2, 3, 4]], r'boxes\[0\] to be \(N, 4\).*array \(4,\)'),
    ([FRAME], [[[1, 2, 3]]], r'boxes\[0\] .*array \(1, 3\)'),
    ([FRAME], [[[9, 9, 5, 20]]], r'boxes\[0\] .*got \[9, 9, 5, 20\]'),
    ([FRAME], [[[0, 0, np.nan, 9]]], r'boxes\[0\] to be finite.*nan'),
    ([FRAME], [[[0, 0, 1e60, 9]]], r'boxes\[0\] to be finite.*1e\+60'),
    ([FRAME], [[['a'] * 4]], r'boxes\[0\] to be finite.*<U1'),
    ([FRAME] * 2, [None], 'images=2 and boxes=1 in number'),
    (iter([FRAME]), [None] * 2, 'images=1 and boxes=more than 1'),
    (iter([FRAME] * 2), [None], 'images=more than 1 and boxes=1'),
]


@pytest.mark.parametrize(('images', 'boxes', 'message'), BAD)
def test_wrong_images_and_boxes_are_refused_by_name(
    plain, images, boxes, message
):
    with pytest.raises(ValueError, match=f'Predictor needs .*{message}'):
        list(plain(images, boxes))


def test_unequal_numbers_are_refused_before_anything_is_predicted(plain):
    with pytest.raises(ValueError, match='images=2 and boxes=1'):
        plain([FRAME] * 2, [None])


@pytest.mark.parametrize('boxes', [None, [BOX] * 2, [BOX, []]])
def test_a_file_that_is_no_image_is_named(plain, tmp_path: Path, boxes):
    empty, text = tmp_path / 'empty.jpg', tmp_path / 'text.jpg'
    empty.touch()
    text.write_text('no image')
    for path in (empty, text, tmp_path):
        words = rf"images\[1\]='.*{path.name}': the file .* no whole image"
        with pytest.raises(OSError, match=words):
            list(plain([FRAME, path], boxes))
    words = r"images\[1\]='none.jpg': there is no such file"
    with pytest.raises(FileNotFoundError, match=words):
        list(plain([FRAME, 'none.jpg'], boxes))


def broken_after_two() -> Iterator[np.ndarray]:
    """A video whose third frame cannot be read."""
    yield from (FRAME, FRAME)
    raise RuntimeError('the camera is gone')


TWO = [BOX, BOX * 3]
FAILURES = {
    'a missing file': ([FRAME, FRAME, 'none.jpg', FRAME], [*TWO, BOX, BOX]),
    'no image': ([FRAME, FRAME, __file__], [*TWO, BOX]),
    'a bad box': ([FRAME] * 3, [*TWO, [[9, 9, 5, 5]]]),
    'a bad array': ([FRAME, FRAME, FRAME[..., 0]], [*TWO, BOX]),
    'a generator that raises': (broken_after_two, [*TWO, BOX]),
    'too few boxes': ([FRAME] * 3, TWO),
}


@pytest.mark.parametrize('batch_size', [1, 2, 3, 32])
@pytest.mark.parametrize('failure', FAILURES)
def test_the_results_before_a_failure_are_not_lost(plain, failure, batch_size):
    images, boxes = FAILURES[failure]
    images = images() if callable(images) else iter(images)
    ours = copy.copy(plain)
    ours.batch_size = batch_size
    yielded = []
    with pytest.raises((OSError, ValueError, RuntimeError)):
        yielded.extend(ours(images, iter(boxes)))
    assert [len(result.pred_instances) for result in yielded] == [1, 3]
    expected = ours([FRAME] * 2, TWO)
    for result, wanted in zip(yielded, expected, strict=True):
        np.testing.assert_array_equal(
            result.pred_instances.keypoints, wanted.pred_instances.keypoints
        )


def test_wrong_arguments_of_the_predictor_are_refused(trained):
    with pytest.raises(ValueError, match='at least 1, got batch_size=0'):
        Predictor(trained.config, batch_size=0)
    config = Config.fromfile(trained.config)
    del config.test_dataloader.dataset.pipeline[0]
    with pytest.raises(ValueError, match=r"LoadImage.*got .*\['GetBBox"):
        Predictor(config)
    # as ConcatDataset, and a config that only trains
    del config.test_dataloader.dataset.pipeline
    with pytest.raises(ValueError, match=r'LoadImage.*got config with \[\]'):
        Predictor(config)
    config.test_dataloader = None
    with pytest.raises(ValueError, match=r'LoadImage.*got config with \[\]'):
        Predictor(config)


@pytest.mark.parametrize('with_weights', [True, False])
@pytest.mark.parametrize(
    ('options', 'words'),
    [
        ({'model.head.type': 'Foo'}, 'Foo is not in'),
        ({'test_dataloader.dataset.pipeline.9.padding': 1}, 'Index 9 exceeds'),
    ],
)
def test_a_config_without_a_model_is_refused_by_name(
    trained, with_weights, options, words
):
    checkpoint = trained.checkpoint if with_weights else None
    message = rf'no model can be built from .*{trained.config.name}.*{words}'
    with pytest.raises(ValueError, match=message):
        Predictor(trained.config, checkpoint, cfg_options=options)


def test_a_path_may_be_any_object_that_names_one(trained):
    class Named:
        def __init__(self, path: Path) -> None:
            self.path = path

        def __fspath__(self) -> str:
            return str(self.path)

    Predictor(Named(trained.config), Named(trained.checkpoint), fuse=False)


def test_a_network_of_gray_images_takes_files_and_arrays(tmp_path, trained):
    ours = Predictor(trained.config, cfg_options=GRAY)
    image = np.repeat(FRAME[..., :1], 3, axis=2)
    path = tmp_path / 'gray.png'
    cv2.imwrite(str(path), image)
    (expected,) = inference_topdown(ours.model, str(path), np.array(BOX))
    for result in ours([path, image], [BOX, BOX]):
        np.testing.assert_allclose(
            result.pred_instances.keypoints,
            expected.pred_instances.keypoints,
            atol=1e-4,
        )
    heatmaps = predict_heatmaps(ours, image, BOX)
    assert heatmaps.crops.shape == (1, 64, 48, 3)
