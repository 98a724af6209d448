"""A file trains and validates, or is refused before anything is written.

What stock MMPose and its metric do with each was tried: a missing `area` or
`keypoints` fails at the first validation, after an epoch; a missing `id`,
`image_id`, `category_id`, `width` or `height` when a data set is built; an id
that two entries share, and an unknown category, give wrong figures.
"""

import json

import pytest
from beasts import annotations, change, init, train, write
from mmengine.config import Config

BALL = dict(id=9, name='ball')
BOX_ONLY = dict(id=8, image_id=0, category_id=4, bbox=[1, 1, 5, 5], area=25)


@pytest.mark.parametrize(
    ('content', 'number'),
    [
        (change(('annotations.1.area', ...)), 3),
        (change(('annotations.1.area', None)), 3),
        (change(('annotations.1.iscrowd', ...)), 3),
        (change(('annotations.1.iscrowd', None)), 3),
        (change(('annotations.1.num_keypoints', ...)), 3),
        (change(('annotations.1.image_id', 77)), 2),
        (change(('annotations.1.iscrowd', 1)), 2),
        (change(('annotations.1.bbox', [1, 1, 0, 0])), 2),
        (change(('categories.0.name', ...)), 3),
        (change(('categories.0.skeleton', None)), 3),
        pytest.param(change(('annotations.1.keypoints', ...)), 2),
        (
            change(
                ('annotations.1.keypoints', []),
                ('annotations.1.num_keypoints', 0),
            ),
            2,
        ),
        (
            change(
                ('categories', [*annotations()['categories'], BALL]),
                ('annotations.1', dict(BOX_ONLY, category_id=9)),
            ),
            2,
        ),
    ],
    ids=lambda value: None if isinstance(value, dict) else str(value),
)
def test_what_is_accepted_trains_and_validates(folder, content, number):
    write(folder, content)
    lines = []
    _, path = init(folder, say=lines.append)
    assert f'beasts.json: {number} of 3 annotations to train on' in lines[0]
    runner = train(path, folder / 'run')
    assert len(runner.train_dataloader.dataset) == number


def test_without_areas_the_metric_takes_boxes_and_the_output_says_so(folder):
    write(folder, change(('annotations.1.area', ...)), 'val')
    lines = []
    _, path = init(folder, val_ann_file=folder / 'val.json', say=lines.append)
    assert Config.fromfile(path).test_evaluator.use_area is False
    (line,) = [line for line in lines if 'use_area=False' in line]
    assert "val.json has 1 annotations without 'area'" in line
    # areas of the training data are not read
    write(folder, change(('annotations.1.area', ...)))
    write(folder, annotations(), 'val')
    _, path = init(folder, val_ann_file=folder / 'val.json', force=True)
    assert 'use_area' not in Config.fromfile(path).val_evaluator


@pytest.mark.parametrize('split', ['train', 'val'])
@pytest.mark.parametrize(
    ('field', 'value', 'message'),
    [
        ('images.1.id', ..., r"the image at position 1 \(from 0\): 'id' is m"),
        ('images.1.id', '1', r"image '1': 'id' is '1'; it needs"),
        ('images.1.id', 0, r"image 0: 2 entries have this 'id'"),
        ('images.1.width', ..., "image 1: 'width' is missing; it needs to be"),
        ('images.1.width', 0, "image 1: 'width' is 0; it needs to be the wi"),
        ('images.1.height', None, "image 1: 'height' is None; it needs to"),
        ('images.1.file_name', ..., "image 1: 'file_name' is missing"),
        ('images.1', 'x.jpg', r"position 1 \(from 0\): 'x\.jpg' is not an ob"),
        ('categories.0.id', ..., r"category at position 0 .*'id' is missing"),
        (
            'annotations.1.id',
            ...,
            r'annotation at position 1 .*a number or wo',
        ),
        ('annotations.1.id', 1, "annotation 1: 2 entries have this 'id'"),
        ('annotations.1.image_id', ..., "annotation 2: 'image_id' is missing"),
        ('annotations.1.category_id', ..., "'category_id' is missing"),
        ('annotations.1.category_id', 5, r'is 5, but .* the ids \[4\]'),
        ('annotations.1.bbox', ..., r"annotation 2: 'bbox' is missing; .*\[x"),
        ('annotations.1.bbox', [1, 2, float('nan'), 3], r"'bbox' is \[1, 2, "),
        ('annotations.1.area', '12', "annotation 2: 'area' is '12'"),
        ('annotations.1.area', -1, "annotation 2: 'area' is -1"),
        ('annotations.1.iscrowd', 2, "'iscrowd' is 2; .* 0 or 1"),
        ('annotations.1.num_keypoints', '5', "'num_keypoints' is '5'"),
        ('annotations.1.keypoints', None, "annotation 2: 'keypoints' is N"),
        ('annotations.1.keypoints', [], 'annotation 2: .* 0 values'),
        ('annotations.1.keypoints', [1], 'annotation 2: .* 1 values'),
        ('annotations.1.keypoints', ['1'] * 15, 'one list of numbers'),
        (
            'annotations.1.keypoints',
            [3] * 15,
            r'annotation 2: .* flag 3 for keypoint',
        ),
        (
            'annotations.1.keypoints',
            [float('nan'), 0, 2] + [0] * 12,
            r"annotation 2: .* 'snout' labelled, but .*nan, 0\)",
        ),
        ('annotations', [], "the file has no 'annotations'"),
        ('categories.0.keypoints', ..., r"no 'keypoints'.* 1 categories"),
        ('categories.0.keypoints', ['a', 'a'], 'names that all differ'),
        ('categories.0.keypoints', 'abcde', 'a list of names'),
        ('categories.0.skeleton', [[0, 1]], r'\[0, 1\] in .* from 1 to 5'),
        ('categories.0.skeleton', [['snout', 'EarL']], 'no pair of numbers'),
        ('categories.0.skeleton', 5, "5 in a 'skeleton', which is no pair"),
        ('categories.0.flip_indices', [1, 2, 0, 3, 4], 'no list of the par'),
        ('categories.0.flip_indices', [1, 0], 'the partner, from 0, of each'),
    ],
)
def test_what_cannot_be_mended_is_refused_before_anything_is_written(
    folder, split, field, value, message
):
    write(folder, annotations(), 'val')
    write(
        folder, change((field, value)), {'train': 'beasts'}.get(split, 'val')
    )
    name = 'val' if split == 'val' else 'beasts'
    with pytest.raises(ValueError, match=rf'{name}\.json.*{message}'):
        init(folder, val_ann_file=folder / 'val.json')
    assert not (folder / 'new').exists()


@pytest.mark.parametrize(
    ('text', 'message'), [('{', 'no JSON file'), ('[]', "has no 'images'")]
)
def test_other_files_are_refused(folder, text, message):
    write(folder, text)
    with pytest.raises(ValueError, match=message):
        init(folder)


def test_a_missing_image_is_refused_with_the_option_that_names_the_folder(
    folder,
):
    write(folder, change(('images.0.file_name', 'x.jpg')))
    with pytest.raises(
        FileNotFoundError, match=r'1 of 3 images are.*--images'
    ):
        init(folder)


def test_categories_of_different_keypoints_are_refused(folder):
    content = annotations()
    content['categories'].append(dict(id=5, name='bird', keypoints=['beak']))
    write(folder, content)
    with pytest.raises(ValueError, match=r"different.*'beast', 'bird'"):
        init(folder)


def test_keypoints_of_the_two_files_need_to_be_equal(folder):
    content = annotations()
    content['categories'][0]['keypoints'] = list('abcde')
    val = write(folder, json.dumps(content), 'val')
    with pytest.raises(ValueError, match=r'val\.json has keypoints .*equal'):
        init(folder, val_ann_file=val)


def test_images_to_validate_on_need_annotations(folder):
    with pytest.raises(ValueError, match=r"val_images='images'.*--val"):
        init(folder, val_images='images')
