import numpy as np
import pytest
from mmengine.dataset import Compose
from mmpose.registry import TRANSFORMS

from mlpe_mmpose.datasets.transforms import MarkOccludedKeypoints

FLAGS = [2, 1, 0, 2, 2, 1, 2, 0, 1, 2, 2, 1, 2, 1, 0, 2, 1]
CODEC = dict(
    type='MLPEHeatmap',
    input_size=(48, 64),
    heatmap_size=(12, 16),
    kernel_sizes=(7, 5, 3),
)


def _pipeline(mark: bool = True, flip_prob: float = 0.5) -> list[dict]:
    """The training pipeline, with or without the transform."""
    return [
        dict(type='LoadImage'),
        dict(type='GetBBoxCenterScale'),
        *([dict(type='MarkOccludedKeypoints')] if mark else []),
        dict(type='RandomFlip', prob=flip_prob),
        dict(type='RandomHalfBody', prob=0.5),
        dict(type='RandomBBoxTransform'),
        dict(type='TopdownAffine', input_size=CODEC['input_size']),
        dict(type='GenerateTarget', encoder=CODEC),
        dict(type='PackPoseInputs', pack_transformed=True),
    ]


def test_coco_s_flags_give_a_labelled_and_a_visible_column(coco_dataset):
    dataset = coco_dataset([FLAGS], [])
    sample = dataset.get_data_info(0)
    # what MMPose keeps of them
    assert set(np.unique(sample['keypoints_visible'])) == {0, 1}
    out = MarkOccludedKeypoints()(sample)['keypoints_visible']
    assert out.shape == (1, 17, 2)
    assert out.dtype == np.float32
    assert np.array_equal(out[0, :, 0], np.array(FLAGS) > 0)
    assert np.array_equal(out[0, :, 1], np.array(FLAGS) == 2)


@pytest.mark.parametrize('flipped', [False, True])
def test_flags_follow_their_keypoints_through_the_training_pipeline(
    coco_dataset, flipped
):
    dataset = coco_dataset([FLAGS], _pipeline(flip_prob=float(flipped)))
    raw = dataset.get_data_info(0)
    flags, places = np.array(FLAGS), raw['keypoints'][0]
    if flipped:
        # left and right change places, coordinates and flags alike
        flags = flags[raw['flip_indices']]
        places = places[raw['flip_indices']] * [-1, 1] + [160 - 1, 0]
    for seed in range(10):
        np.random.seed(seed)
        sample = dataset[0]['data_samples']
        labels = sample.gt_instance_labels
        visible = labels.keypoints_visible_weights.numpy()[0]
        assert np.array_equal(visible, flags == 2)
        assert np.array_equal(
            sample.gt_instances.keypoints_visible[0], flags > 0
        )
        # the crop is one affine map of the (flipped) image: if and only if
        # keypoints kept their order, all of them fit it
        cropped = sample.gt_instances.transformed_keypoints[0]
        padded = np.concatenate([places, np.ones((17, 1))], axis=1)
        affine = np.linalg.lstsq(padded, cropped, rcond=None)[0]
        assert np.abs(padded @ affine - cropped).max() < 1e-2


def test_apart_from_its_column_it_changes_nothing_of_a_sample(coco_dataset):
    # half-body crops count labelled keypoints, not visible ones; the same
    # seed must give the same crop with the transform and without
    flags = np.random.default_rng(0).integers(0, 3, (12, 17))
    plain = coco_dataset(flags, _pipeline(mark=False))
    marked = coco_dataset(flags, _pipeline())
    assert len(plain) == len(marked) == 12
    for index in range(12):
        np.random.seed(index)
        expected = plain[index]
        np.random.seed(index)
        sample = marked[index]
        assert (sample['inputs'] == expected['inputs']).all()
        sample, expected = sample['data_samples'], expected['data_samples']
        for name, value in expected.gt_instances.items():
            assert np.array_equal(sample.gt_instances[name], value), name
        labels = sample.gt_instance_labels
        for name, value in expected.gt_instance_labels.items():
            assert (labels[name] == value).all(), name
        assert set(labels.keys()) - set(
            expected.gt_instance_labels.keys()
        ) == {'keypoints_visible_weights'}


@pytest.mark.parametrize(
    'extra', [{}, {'raw_ann_info': None}, {'raw_ann_info': {'bbox': [1] * 4}}]
)
def test_without_flags_every_labelled_keypoint_is_visible(extra):
    # MPII has no raw annotation
    labelled = np.array([[1, 0, 1, 1]], dtype=np.float32)
    out = MarkOccludedKeypoints()(dict(keypoints_visible=labelled, **extra))
    out = out['keypoints_visible']
    assert np.array_equal(out[..., 0], labelled)
    assert np.array_equal(out[..., 1], labelled)


def test_two_columns_of_a_keypoint_converter_are_passed_through(coco_dataset):
    # another data set's keypoints 3 and 5, as keypoints 0 and 2 of four
    sample = coco_dataset([FLAGS], []).get_data_info(0)
    convert = TRANSFORMS.build(
        dict(
            type='KeypointConverter', num_keypoints=4, mapping=[(3, 0), (5, 2)]
        )
    )
    sample = convert(sample)
    before = sample['keypoints_visible'].copy()
    assert before.shape == (1, 4, 2)
    out = MarkOccludedKeypoints()(sample)['keypoints_visible']
    assert np.array_equal(out, before)


def test_it_stands_before_a_converter_without_harm(coco_dataset):
    sample = Compose(
        [
            dict(type='MarkOccludedKeypoints'),
            dict(
                type='KeypointConverter',
                num_keypoints=2,
                mapping=[(1, 0), (2, 1)],
            ),
        ]
    )(coco_dataset([FLAGS], []).get_data_info(0))
    # the converter drops the flags: every target has its weight
    assert sample['keypoints_visible'].tolist() == [[[1, 1], [0, 1]]]


def test_whole_body_keypoints_are_read_from_their_own_entries():
    annotation = dict(
        keypoints=[5, 5, 2, 6, 6, 1],
        foot_kpts=[7, 7, 0],
        face_kpts=[8, 8, 2, 9, 9, 0],
    )
    labelled = np.array([[1, 1, 0, 1, 0]], dtype=np.float32)
    sample = dict(keypoints_visible=labelled, raw_ann_info=annotation)
    mark = TRANSFORMS.build(
        dict(
            type='MarkOccludedKeypoints',
            keys=['keypoints', 'foot_kpts', 'face_kpts'],
        )
    )
    out = mark(sample)['keypoints_visible']
    assert out[0].tolist() == [[1, 1], [1, 0], [0, 0], [1, 1], [0, 0]]


def test_a_lower_flag_can_mean_visible():
    # PoseTrack18 has 0 and 1 only; 2 is visible by any least flag
    sample = dict(
        keypoints_visible=np.array([[1.0, 0.0, 1.0]]),
        raw_ann_info=dict(keypoints=[5, 5, 1, 0, 0, 0, 5, 5, 2]),
    )
    out = MarkOccludedKeypoints(visible_flag=1)(sample)
    assert out['keypoints_visible'].tolist() == [[[1, 1], [0, 0], [1, 1]]]


def test_what_is_not_labelled_is_not_visible_whatever_the_flag():
    # a data set class may drop keypoints that the annotation flags
    sample = dict(
        keypoints_visible=np.zeros((1, 1)),
        raw_ann_info=dict(keypoints=[5, 5, 2]),
    )
    out = MarkOccludedKeypoints()(sample)['keypoints_visible']
    assert out.tolist() == [[[0, 0]]]


def test_persons_of_one_image_keep_their_own_flags():
    flags = np.array([[2, 1, 0], [0, 2, 1]])
    annotations = [
        dict(keypoints=[x for v in person for x in (4, 4, int(v))])
        for person in flags
    ]
    sample = dict(
        keypoints_visible=np.minimum(flags, 1.0), raw_ann_info=annotations
    )
    out = MarkOccludedKeypoints()(sample)['keypoints_visible']
    assert np.array_equal(out[..., 0], flags > 0)
    assert np.array_equal(out[..., 1], flags == 2)


def test_use_after_a_flip_is_refused(coco_dataset):
    sample = Compose(
        [dict(type='LoadImage'), dict(type='RandomFlip', prob=1.0)]
    )(coco_dataset([FLAGS], []).get_data_info(0))
    with pytest.raises(
        ValueError, match=r'MarkOccludedKeypoints.*before RandomFlip'
    ):
        MarkOccludedKeypoints()(sample)


@pytest.mark.parametrize('number', [1, 3])
def test_an_annotation_of_another_number_of_keypoints_is_refused(number):
    sample = dict(
        keypoints_visible=np.ones((1, number)),
        raw_ann_info=dict(keypoints=[5, 5, 2, 6, 6, 1]),
    )
    message = rf"MarkOccluded.* 2 keypoints.*'keypoints'.*has {number}\."
    with pytest.raises(ValueError, match=message):
        MarkOccludedKeypoints()(sample)
