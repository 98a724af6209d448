"""COCO files as other tools write them."""

import json
from pathlib import Path

import pytest

pytest.importorskip('sleap_io', reason='sleap-io is not installed')

import labels as made

from mlpe_mmpose.tools.import_data.import_data import import_data

POSE = [10, 20, 2, 30, 40, 1, 0, 0, 0]


@pytest.fixture
def content(tmp_path: Path) -> dict:
    """Three images, with a mouse each."""
    paths = map(Path, made.make_images(tmp_path / 'in', range(3)))
    images, annotations = [], []
    for number, path in enumerate(paths):
        images.append(
            dict(id=number, file_name=path.name, width=64, height=48)
        )
        entry = dict(id=number, image_id=number, category_id=1)
        annotations.append(dict(entry, keypoints=POSE, bbox=[5, 6, 40, 35]))
    names = ['left ear', 'right ear', 'tail']
    mouse = dict(id=1, name='mouse', keypoints=names, skeleton=[[1, 3]])
    return dict(images=images, annotations=annotations, categories=[mouse])


def read(content: dict, folder: Path) -> tuple[dict, list[str]]:
    """Import a file; return what is written, and the notes."""
    (folder / 'in/a.json').write_text(json.dumps(content))
    notes = []
    out = folder / 'out'
    import_data(folder / 'in/a.json', out, val=0, say=notes.append)
    return json.loads((out / 'train.json').read_text()), notes


@pytest.mark.parametrize(
    'fields',
    [
        dict(segmentation=[1, 2, 30, 4, 5, 30]),
        dict(segmentation=dict(counts='abc', size=[48, 64])),
        dict(attributes=[]),
        dict(num_keypoints=0, area=None),
    ],
)
def test_fields_that_are_not_read_are_no_reason_to_refuse(
    content, tmp_path, fields
):
    content['annotations'][0] |= fields
    written, _ = read(content, tmp_path)
    assert written['annotations'][0]['keypoints'] == POSE
    assert written['annotations'][0]['num_keypoints'] == 2


@pytest.mark.parametrize('box', [[0, 0, 0, 0], [], [None] * 4, [3, 4, 5, 0]])
def test_a_box_that_is_none_becomes_one_around_the_keypoints(
    content, tmp_path, box
):
    content['annotations'][0]['bbox'] = box
    written, _ = read(content, tmp_path)
    boxes = [a['bbox'] for a in written['annotations']]
    assert boxes == [[0, 4, 46, 44], [5, 6, 40, 35], [5, 6, 40, 35]]


@pytest.mark.parametrize(
    'ids', [dict(image_id='0'), dict(image_id=7), dict(category_id='1')]
)
def test_poses_of_no_image_or_category_are_noted(content, tmp_path, ids):
    content['annotations'][0] |= ids
    written, notes = read(content, tmp_path)
    assert len(written['annotations']) == 2
    (note,) = [note for note in notes if 'poses of' in note]
    assert note.startswith('note: 1 poses of')
    ((name, value),) = ids.items()
    assert f'{name!r}: {value!r}' in note


@pytest.mark.parametrize(
    ('name', 'field', 'entry'),
    [
        ('annotations', 'image_id', 'annotation 1'),
        ('annotations', 'category_id', 'annotation 1'),
        ('images', 'id', r'image \[7\]'),
        ('categories', 'id', r'category \[7\]'),
    ],
)
def test_an_id_that_is_a_list_is_refused_by_the_entry(
    content, tmp_path, name, field, entry
):
    content[name][len(content[name]) // 2][field] = [7]
    words = rf"^\S+a\.json, {entry}: '{field}' is \[7\]; it needs to be "
    with pytest.raises(ValueError, match=words):
        read(content, tmp_path)
    assert not (tmp_path / 'out').exists()


def test_an_entry_that_is_no_object_is_refused_by_its_position(
    content, tmp_path
):
    content['annotations'][1] = 'a mouse'
    words = r"position 1 \(from 0\): 'a mouse' is not an object with fields"
    with pytest.raises(ValueError, match=words):
        read(content, tmp_path)


def test_keypoints_of_null_are_not_labelled(content, tmp_path):
    content['annotations'][0]['keypoints'] = [10, 20, 2] + [None] * 6
    written, _ = read(content, tmp_path)
    assert written['annotations'][0]['keypoints'] == [10, 20, 2] + [0] * 6


@pytest.mark.parametrize(
    ('keypoints', 'message'),
    [
        ([*map(str, POSE)], 'needs to be one list of numbers'),
        ([POSE[:3], POSE[3:6], POSE[6:]], 'needs to be one list of numbers'),
        (POSE[:6], 'has 6 values instead of 9'),
        ([None, 20, 2, *POSE[3:]], r"'left ear' labelled, but at \(None, 20"),
        ([10, None, 2, *POSE[3:]], r'at \(10, None\); .* the flag is 0'),
    ],
)
def test_keypoints_of_another_form_are_refused_by_the_annotation(
    content, tmp_path, keypoints, message
):
    content['annotations'][2]['keypoints'] = keypoints
    with pytest.raises(ValueError, match=rf"annotation 2: 'keyp.* {message}"):
        read(content, tmp_path)


def test_pairs_of_left_and_right_that_the_file_names_are_kept(
    content, tmp_path
):
    # as import-data writes them, of a source whose names have no sides
    content['categories'][0] |= dict(
        keypoints=['a', 'b', 'tail'], flip_indices=[1, 0, 2]
    )
    written, _ = read(content, tmp_path)
    assert written['categories'][0]['flip_indices'] == [1, 0, 2]


def test_links_counted_from_0_are_not_moved(content, tmp_path):
    content['categories'][0]['skeleton'] = [[0, 2], [1, 2]]
    with pytest.raises(ValueError, match=r"\[0, 2\] in a 'skeleton'.*from 1"):
        read(content, tmp_path)


def test_an_image_that_was_resized_after_it_was_labelled_is_refused(
    content, tmp_path
):
    content['images'][1] |= dict(width=640, height=480)
    with pytest.raises(ValueError, match=r'64 x 48 pixels.*at 640 x 480'):
        read(content, tmp_path)


def test_a_name_that_is_an_address_is_found(content, tmp_path):
    image = content['images'][0]
    (tmp_path / 'in' / image['file_name']).rename(tmp_path / 'in/a b%20.png')
    image['file_name'] = 'a%20b%2520.png'
    written, notes = read(content, tmp_path)
    assert not [note for note in notes if 'not found' in note]
    assert written['images'][0]['file_name'] == 'in/a b%20.png'
