"""The predictor predicts as inference_topdown, for many images."""

import copy
import itertools
from collections.abc import Iterator

import cv2
import numpy as np
import pytest
from exported import SIZE, Trained, small_baseline, small_mlpe
from mmengine.config import Config
from mmpose.apis import inference_topdown, init_model
from mmpose.registry import TRANSFORMS
from mmpose.structures import PoseDataSample
from mmpose.visualization import PoseLocalVisualizer
from newer_style import STYLES

from mlpe_mmpose.apis import Predictor
from mlpe_mmpose.apis.fuse import FusedPoseEstimator

# people of three images: nobody, two, and one
BOXES = [
    [],
    np.array([[5, 5, 40, 60], [20.5, 10, 66, 85]], np.float32),
    [[-10, 20, 50, 120]],
]
NAMES = ('keypoints', 'keypoint_scores', 'bboxes', 'bbox_scores')


@pytest.fixture(scope='module')
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    return small_mlpe(tmp_path_factory.mktemp('predictor'))


@pytest.fixture(scope='module')
def plain(trained: Trained) -> Predictor:
    return predictor(trained, fuse=False)


@pytest.fixture(scope='module')
def images(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Paths of three images of noise, each of another size."""
    folder = tmp_path_factory.mktemp('images')
    rng = np.random.default_rng(0)
    paths = []
    for height, width in ((60, 80), (90, 70), (100, 100)):
        noise = rng.integers(0, 256, (height, width, 3), np.uint8)
        paths.append(str(folder / f'{len(paths)}.png'))
        cv2.imwrite(paths[-1], noise)
    return paths


def predictor(trained: Trained, **kwargs: object) -> Predictor:
    return Predictor(trained.config, trained.checkpoint, **kwargs)


def check(
    ours: PoseDataSample, theirs: list[PoseDataSample], atol: float
) -> None:
    """Compare one image's people with MMPose's."""
    for name in NAMES:
        got = ours.pred_instances.get(name)
        wanted = np.concatenate([s.pred_instances.get(name) for s in theirs])
        assert got.shape == wanted.shape
        np.testing.assert_allclose(got, wanted, rtol=0, atol=atol)


@pytest.mark.parametrize('flip_test', [True, False])
@pytest.mark.parametrize('batch_size', [1, 2, 8])
def test_poses_equal_those_of_inference_topdown(
    trained, images, flip_test, batch_size
):
    ours = predictor(
        trained, fuse=False, flip_test=flip_test, batch_size=batch_size
    )
    model = trained.model(flip_test=flip_test)
    nobody, *others = ours(images, BOXES)
    assert len(nobody.pred_instances) == 0
    for path, boxes, result in zip(images[1:], BOXES[1:], others, strict=True):
        # a batch of another size rounds elsewhere
        check(result, inference_topdown(model, path, boxes), 1e-4)
        assert result.img_path == path


def test_without_boxes_the_whole_image_is_the_box(plain, trained, images):
    model = trained.model()
    frames = [cv2.imread(path) for path in images]
    for results in (plain(images), plain(frames), plain(frames, [None] * 3)):
        for frame, result in zip(frames, results, strict=True):
            check(result, inference_topdown(model, frame), 1e-4)


CODECS = [
    dict(type='MSRAHeatmap', sigma=2, **SIZE),
    dict(type='UDPHeatmap', sigma=2, **SIZE),
]


@pytest.mark.parametrize('codec', CODECS, ids=lambda codec: codec['type'])
def test_stock_codecs_work_with_the_fused_model(codec, images, tmp_path):
    trained = small_baseline(tmp_path, codec)
    config = Config.fromfile(trained.config)
    for step in config.test_dataloader.dataset.pipeline:
        if step['type'] == 'TopdownAffine':
            step['use_udp'] = codec['type'] == 'UDPHeatmap'
        if step['type'] == 'GetBBoxCenterScale':
            step['padding'] = 1.1
    config.dump(trained.config)
    ours = predictor(trained)
    assert isinstance(ours.model, FusedPoseEstimator)
    _, result, _ = ours(images, BOXES)
    theirs = inference_topdown(trained.model(), images[1], BOXES[1])
    check(result, theirs, 0.02)


def test_the_fused_model_predicts_the_same_keypoints(trained, images):
    model = trained.model()
    _, *results = predictor(trained)(images, BOXES)
    for path, boxes, result in zip(
        images[1:], BOXES[1:], results, strict=True
    ):
        check(result, inference_topdown(model, path, boxes), 1e-3)


def test_scores_of_boxes_are_in_the_result(plain, images):
    scored = np.array([[5, 5, 40, 60, 0.25], [20, 10, 66, 85, 0.5]])
    (with_scores,) = plain(images[1:2], [scored])
    (without,) = plain(images[1:2], [scored[:, :4]])
    assert with_scores.pred_instances.bbox_scores.tolist() == [0.25, 0.5]
    assert without.pred_instances.bbox_scores.tolist() == [1, 1]
    np.testing.assert_array_equal(
        with_scores.pred_instances.keypoints, without.pred_instances.keypoints
    )


def test_an_image_without_people_has_an_empty_result_to_draw(plain, images):
    frame = cv2.imread(images[0])
    for boxes in ([], np.zeros((0, 4)), np.zeros((0, 5), np.float32)):
        (result,) = plain([frame], [boxes])
        people = result.pred_instances
        assert people.keypoints.shape == (0, 17, 2)
        assert people.keypoint_scores.shape == (0, 17)
        assert people.bboxes.shape == (0, 4)
        assert people.bbox_scores.shape == (0,)
    visualizer = PoseLocalVisualizer(name='nobody')
    visualizer.set_dataset_meta(plain.model.dataset_meta)
    drawn = visualizer.add_datasample('', frame, result, draw_gt=False)
    np.testing.assert_array_equal(drawn, frame)


class Video:
    """Endless frames, counted."""

    def __init__(self) -> None:
        self.shown = 0

    def __iter__(self) -> Iterator[np.ndarray]:
        while True:
            self.shown += 1
            yield np.full((60, 50, 3), self.shown % 256, np.uint8)


@pytest.mark.parametrize('people', [0, 1, 5])
def test_a_video_is_read_only_as_far_as_a_result_needs(trained, people):
    video = Video()
    boxes = iter(lambda: [[5, 5, 40, 50]] * people, None)
    results = predictor(trained, batch_size=4)(video, boxes)
    assert video.shown == 0
    for number in range(1, 11):
        assert len(next(results).pred_instances) == people
        # at most a batch of frames ahead
        assert number <= video.shown < number + 4


def test_frames_without_people_do_not_delay_earlier_results(plain):
    plain = copy.copy(plain)
    plain.batch_size = 4
    video = Video()
    boxes = itertools.chain([[[5, 5, 40, 50]]], itertools.repeat([]))
    assert len(next(plain(video, boxes)).pred_instances) == 1
    assert video.shown == 4


def test_the_network_sees_at_most_a_batch_of_people(trained):
    ours = predictor(trained, batch_size=4, flip_test=False)
    seen = []
    ours.model.backbone.register_forward_pre_hook(
        lambda _, x: seen.append(len(x[0]))
    )
    frames = np.zeros((3, 60, 50, 3), np.uint8)
    results = list(ours(frames, [[[5, 5, 40, 50]] * n for n in (6, 0, 4)]))
    assert [len(r.pred_instances) for r in results] == [6, 0, 4]
    # the rest of the first image goes with people of the third
    assert seen == [4, 4, 2]


def test_one_frame_at_a_time_needs_no_frame_after_it(trained):
    video = Video()
    results = predictor(trained, batch_size=1)(video)
    for number in (1, 2, 3):
        next(results)
        assert video.shown == number


def test_each_image_is_decoded_once(trained, images):
    ours = predictor(trained)
    reads = []
    load = ours.load_image

    def counted(source: dict) -> dict:
        reads.append(source['img_path'])
        return load(source)

    ours.load_image = counted
    list(ours(images, BOXES))
    assert reads == images


def test_the_given_config_is_not_changed(trained):
    config = Config.fromfile(trained.config)
    before = config.pretty_text
    ours = Predictor(config, trained.checkpoint, fuse=False, flip_test=False)
    assert not ours.model.test_cfg['flip_test']
    assert config.pretty_text == before


def test_the_types_of_a_config_may_be_classes(trained, images):
    config = Config.fromfile(trained.config)
    for step in config.test_dataloader.dataset.pipeline:
        step.type = TRANSFORMS.get(step.type)
    ours = Predictor(config, trained.checkpoint)
    theirs = predictor(trained)
    for one, other in zip(ours(images), theirs(images), strict=True):
        assert np.array_equal(
            one.pred_instances.keypoints, other.pred_instances.keypoints
        )


def test_options_replace_those_of_the_config(trained, images):
    options = {
        'model.test_cfg.flip_test': False,
        'model.data_preprocessor.mean': [1.0, 2.0, 3.0],
        'test_dataloader.dataset.pipeline.1.padding': 1.5,
    }
    config = Config.fromfile(trained.config)
    before = config.pretty_text
    ours = Predictor(
        config, trained.checkpoint, fuse=False, cfg_options=options
    )
    assert config.pretty_text == before
    assert ours.model.data_preprocessor.mean.flatten().tolist() == [1, 2, 3]
    model = init_model(
        str(trained.config),
        str(trained.checkpoint),
        device='cpu',
        cfg_options=options,
    )
    _, result, _ = ours(images, BOXES)
    theirs = inference_topdown(model, images[1], BOXES[1])
    check(result, theirs, 1e-4)
    # another padding is another crop
    default = inference_topdown(trained.model(), images[1], BOXES[1])
    with pytest.raises(AssertionError):
        check(result, default, 1)


@pytest.mark.parametrize('write', STYLES)
def test_a_config_whose_types_are_classes_predicts_the_same(
    plain, trained, images, tmp_path, write
):
    config = write(trained.config, tmp_path / 'config.py')
    (expected,) = plain([images[1]], [BOXES[1]])
    (found,) = Predictor(config, trained.checkpoint, fuse=False)(
        [images[1]], [BOXES[1]]
    )
    check(found, [expected], 0)
