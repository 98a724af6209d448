"""Boxes and hidden keypoints are those of the source, YOLO-pose and COCO."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip('sleap_io', reason='sleap-io is not installed')

import labels as made

from mlpe_mmpose.tools.import_data.import_data import import_data

# on images of 64x48: a visible, a hidden and an absent keypoint
LINE = '0 .5 .5 .4 .6 0.25 0.5 2 0.5 0.25 1 0 0 0'
BOX = [19.2, 9.6, 25.6, 28.8]
POSE = [16, 24, 2, 32, 12, 1, 0, 0, 0]


def make_yolo(
    folder: Path,
    line: str = LINE,
    pattern: str = 'images/{}',
    more: str = 'flip_idx: [1, 0, 2]',
    dims: int = 3,
) -> Path:
    """A folder with three images to train on and one to validate on."""
    for split, numbers in (('train', range(3)), ('val', range(3, 4))):
        images = folder / pattern.format(split)
        labels = str(images).replace('images', 'labels')
        Path(labels).mkdir(parents=True)
        for path in made.make_images(images, numbers):
            Path(labels, f'{Path(path).stem}.txt').write_text(line + '\n')
    splits = [f'{s}: {pattern.format(s)}' for s in ('train', 'val')]
    text = f'kpt_shape: [3, {dims}]'
    (folder / 'data.yaml').write_text('\n'.join([*splits, text, more]))
    return folder


def read(source: Path, **kwargs: object) -> tuple[dict, list[str]]:
    """Import a source; return its splits and the notes."""
    notes: list[str] = []
    out = source.parent / 'out'
    paths = import_data(source, out, say=notes.append, **kwargs)
    splits = {k: json.loads(p.read_text()) for k, p in paths.items()}
    return splits, notes


@pytest.mark.parametrize('pattern', ['images/{}', '{}/images', '../images/{}'])
def test_yolo_keeps_boxes_and_flags_in_every_layout_of_its_folders(
    tmp_path, pattern
):
    folder = make_yolo(tmp_path / 'yolo', pattern=pattern.replace('../', ''))
    if pattern.startswith('..'):
        text = (folder / 'data.yaml').read_text()
        text = text.replace(': images', ': ../images')
        (folder / 'data.yaml').write_text(text)
    splits, notes = read(folder)
    assert {k: len(v['images']) for k, v in splits.items()} == {
        'train': 3,
        'val': 1,
    }
    for content in splits.values():
        for annotation in content['annotations']:
            np.testing.assert_allclose(annotation['bbox'], BOX)
            assert annotation['keypoints'] == POSE
            # the line of a file is no identity
            assert 'track_id' not in annotation
        # init-dataset reads it, as nothing follows from names of numbers
        assert content['categories'][0]['flip_indices'] == [1, 0, 2]
    assert 'note: 0 and 1 swap places in a mirror' in notes


def test_yolo_takes_names_and_lists_of_images(tmp_path):
    more = 'kpt_names: {0: [nose, ear, tail]}\nskeleton: [[0, 2], [0, 9]]'
    folder = make_yolo(tmp_path / 'yolo', more=more)
    # with the mark that programs of Windows write
    text = '\ufeff./images/train/img001.png\n'
    (folder / 'list.txt').write_text(text)
    text = (folder / 'data.yaml').read_text()
    text = text.replace('train: images/train', 'train: [list.txt]')
    (folder / 'data.yaml').write_text(text)
    splits, _ = read(folder / 'data.yaml', whole_image=True)
    (image,) = splits['train']['images']
    assert image['file_name'] == 'train/img001.png'
    (category,) = splits['train']['categories']
    assert category['keypoints'] == ['nose', 'ear', 'tail']
    assert category['skeleton'] == [[1, 3]]
    assert splits['train']['annotations'][0]['bbox'] == [0, 0, *made.SIZE]


def test_an_image_of_a_list_is_found_by_the_end_of_its_path(tmp_path):
    folder = make_yolo(tmp_path / 'yolo')
    text = (folder / 'data.yaml').read_text()
    text = text.replace('train: images/train', 'train: list.txt')
    (folder / 'data.yaml').write_text(text)
    listed = '/content/yolo/images/train/img001.png\n'
    (folder / 'list.txt').write_text(listed)
    splits, _ = read(folder)
    (image,) = splits['train']['images']
    assert image['file_name'] == 'train/img001.png'
    (folder / 'list.txt').write_text(f'{listed}images/train/img009.png\n')
    with pytest.raises(FileNotFoundError, match=r'list\.txt .*img009\.png'):
        import_data(folder, tmp_path / 'new')


def test_a_box_of_zeros_becomes_one_around_the_keypoints(tmp_path):
    line = LINE.replace('.5 .5 .4 .6', '0 0 0 0')
    splits, _ = read(make_yolo(tmp_path / 'yolo', line))
    for annotation in splits['train']['annotations']:
        assert annotation['bbox'] == [0, 0, 48, 40]


def test_yolo_without_flags_has_visible_keypoints(tmp_path):
    line = '0 .5 .5 .4 .6 0.25 0.5 0.5 0.25 0 0'
    splits, _ = read(make_yolo(tmp_path / 'yolo', line, dims=2))
    for annotation in splits['train']['annotations']:
        assert annotation['keypoints'] == [16, 24, 2, 32, 12, 2, 0, 0, 0]
        np.testing.assert_allclose(annotation['bbox'], BOX)


def test_flags_of_one_and_zero_mean_visible_or_not_labelled(tmp_path):
    line = LINE.replace('0.5 2', '0.5 1')
    splits, notes = read(make_yolo(tmp_path / 'yolo', line))
    for annotation in splits['train']['annotations']:
        assert annotation['keypoints'] == [16, 24, 2, 32, 12, 2, 0, 0, 0]
    assert 'note: no keypoint has the flag 2, so those with 1 count as ' in (
        '\n'.join(notes)
    )


def test_an_image_of_two_splits_belongs_to_the_first(tmp_path):
    folder = make_yolo(tmp_path / 'yolo')
    path = folder / 'data.yaml'
    text = path.read_text()
    path.write_text(text.replace('val: images/val', 'val: images/train'))
    splits, notes = read(folder)
    # the source has no other images, so import-data chooses those of val
    assert [len(splits[name]['images']) for name in ('train', 'val')] == [2, 1]
    assert '3 images that an earlier split has' in notes[0]


def test_classes_of_yolo_that_become_one_category_are_noted(tmp_path):
    folder = make_yolo(tmp_path / 'yolo', f'{LINE}\n2{LINE[1:]}')
    splits, notes = read(folder)
    assert 'has labels of 2 classes, 0, 2. They become one' in '\n'.join(notes)
    assert len(splits['val']['annotations']) == 2
    _, notes = read(make_yolo(tmp_path / 'one' / 'yolo'))
    assert 'become one' not in '\n'.join(notes)


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (('kpt_shape: [3, 3]', ''), r'needs `kpt_shape: .*got kpt_shape=None'),
        (('[3, 3]', '[2, 3]'), r'img000\.txt, line 1: a pose has 11 .*got 14'),
        (('train: images/train', 'train: photos'), r'`train: photos`, and .*'),
        (('[3, 3]', '[3, 3]\nnode_names: [a, b]'), r'3 different names .*'),
        (('[3, 3]', '[3, 3'), r'data\.yaml is no YAML file'),
    ],
)
def test_a_folder_of_yolo_that_is_wrong_is_refused_by_the_place(
    tmp_path, change, message
):
    folder = make_yolo(tmp_path / 'yolo')
    text = (folder / 'data.yaml').read_text().replace(*change)
    (folder / 'data.yaml').write_text(text)
    with pytest.raises((ValueError, FileNotFoundError), match=message):
        import_data(folder, tmp_path / 'out')
    assert not (tmp_path / 'out').exists()


def test_a_folder_of_yolo_without_images_or_labels_is_refused(tmp_path):
    folder = make_yolo(tmp_path / 'yolo')
    (folder / 'labels').rename(folder / 'marks')
    with pytest.raises(ValueError, match=r'yolo has no labels.*labels/DIR'):
        import_data(folder, tmp_path / 'out')
    (folder / 'data.yaml').write_text('kpt_shape: [3, 3]')
    with pytest.raises(ValueError, match='names no images: it needs a line'):
        import_data(folder, tmp_path / 'out')


def make_coco(folder: Path) -> Path:
    """Four images of two sizes, the second missing, with poses and boxes."""
    made.make_images(folder / 'images', range(4))
    (folder / 'images/img001.png').unlink()
    images, annotations = [], []
    for number in range(4):
        name = f'img{number:03d}.png'
        # the sizes part the images into videos of sleap-io
        size = dict(width=64, height=48 + number % 2)
        path = folder / 'images' / name
        if path.exists():
            image = cv2.imread(str(path))
            cv2.imwrite(str(path), cv2.resize(image, (*size.values(),)))
        images.append(dict(id=9 - number, file_name=name, **size))
    for number in (3, 2, 1, 0):
        # a box without a pose, a pose with a hidden and an absent keypoint
        entry = dict(image_id=9 - number, category_id=1, iscrowd=0)
        pose = [10 + number, 20, 2, 30, 40, 1 + number % 2, 0, 0, 0]
        annotations.append(dict(entry, id=number, bbox=[1, 2, 3, 4]))
        more = dict(bbox=[5, 6, 40, 39], keypoints=pose, id=10 + number)
        annotations.append(entry | more)
    category = dict(id=1, name='mouse', keypoints=['a', 'b', 'c'])
    content = dict(
        images=images, annotations=annotations, categories=[category]
    )
    (folder / 'a.json').write_text(json.dumps(content))
    return folder / 'a.json'


def test_coco_keeps_boxes_and_flags_also_where_an_image_is_missing(tmp_path):
    source = make_coco(tmp_path)
    splits, notes = read(source, val=0)
    content = splits['train']
    names = {i['id']: Path(i['file_name']).name for i in content['images']}
    found = {}
    for annotation in content['annotations']:
        name = names[annotation['image_id']]
        found[name] = annotation['keypoints']
        assert annotation['bbox'] == [5, 6, 40, 39]
    assert found == {
        f'img{number:03d}.png': [10 + number, 20, 2, 30, 40, flag, 0, 0, 0]
        for number, flag in ((0, 1), (2, 1), (3, 2))
    }
    assert any('1 of 4 images' in note for note in notes)


def test_a_crowd_of_a_coco_file_does_not_become_a_person(tmp_path):
    source = make_coco(tmp_path)
    content = json.loads(source.read_text())
    content['annotations'][1]['iscrowd'] = 1
    source.write_text(json.dumps(content))
    splits, notes = read(source, val=0)
    assert len(splits['train']['annotations']) == 2
    assert f'note: 1 crowds of {source} are left out' in notes


def test_fields_of_null_in_a_coco_file_are_as_if_they_were_missing(tmp_path):
    source = make_coco(tmp_path)
    content = json.loads(source.read_text())
    content['categories'][0]['skeleton'] = None
    content['images'][0]['width'] = None
    content['annotations'][0] |= dict(keypoints=None, bbox=None)
    content['annotations'][1] |= dict(bbox=None, segmentation=None)
    content['info'] = None
    source.write_text(json.dumps(content))
    splits, notes = read(source, val=0)
    assert len(splits['train']['annotations']) == 3
    (note,) = notes[:1]
    assert f'images in {source} were not found' in note
    assert '--images names the folder' in note


def test_categories_that_become_one_are_noted(tmp_path):
    source = make_coco(tmp_path)
    content = json.loads(source.read_text())
    (mouse,) = content['categories']
    plain = dict(id=3, name='house')
    content['categories'] += [dict(mouse, id=2, name='rat'), plain]
    source.write_text(json.dumps(content))
    _, notes = read(source, val=0)
    assert not any('become one category' in note for note in notes)
    content['annotations'][1]['category_id'] = 2
    source.write_text(json.dumps(content))
    (tmp_path / 'out').rename(tmp_path / 'first')
    _, notes = read(source, val=0)
    assert 'poses of 2 categories, mouse, rat. They become one' in notes[1]
