import hashlib
import json
import multiprocessing
from pathlib import Path

import cv2
import numpy as np
import pytest

from mlpe_mmpose.tools.synth import generator
from mlpe_mmpose.tools.synth.dice import Dice
from mlpe_mmpose.tools.synth.generator import generate_dataset
from mlpe_mmpose.tools.synth.scene import render_scene

VAL = 'annotations/person_keypoints_val2017.json'
TRAIN = 'annotations/person_keypoints_train2017.json'
DETECTIONS = 'person_detection_results/synthetic_val_detections.json'


def _load(path):
    return json.loads(path.read_text())


def _files(folder) -> dict:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob('*'))
        if path.is_file()
    }


def test_files_have_the_names_of_coco(data):
    files = set(_files(data))
    assert {TRAIN, VAL, DETECTIONS, 'synth.json'} < files
    assert 'train2017/000000000001.jpg' in files
    assert len(files) == 4 + 6 + 30
    for split, path in (('train', TRAIN), ('val', VAL)):
        content = _load(data / path)
        assert set(content) == {
            *('info', 'licenses', 'images', 'annotations', 'categories')
        }
        for image in content['images']:
            pixels = cv2.imread(
                str(data / f'{split}2017' / image['file_name'])
            )
            assert pixels.shape == (image['height'], image['width'], 3)


def test_no_id_is_in_both_splits(data):
    for table in ('images', 'annotations'):
        train = {row['id'] for row in _load(data / TRAIN)[table]}
        val = {row['id'] for row in _load(data / VAL)[table]}
        assert train
        assert val
        assert not train & val


def test_equal_seeds_give_equal_bytes_and_different_seeds_different_bytes(
    tmp_path,
):
    for name, seed in (('a', 1), ('b', 1), ('c', 2)):
        generate_dataset(tmp_path / name, 3, 2, seed=seed)
    first, again, other = (_files(tmp_path / name) for name in 'abc')
    assert first == again
    assert first.keys() == other.keys()
    assert all(first[name] != other[name] for name in first)


def test_annotations_have_the_digest_of_this_version(data):
    digest = hashlib.sha256()
    for path in (TRAIN, VAL, DETECTIONS):
        digest.update((data / path).read_bytes())
    assert digest.hexdigest()[:16] == ANNOTATION_DIGEST


def test_the_jpeg_file_holds_the_drawn_image(data):
    drawn = render_scene(Dice(0, 0, 0), (320, 240), 4).image
    read = cv2.imread(str(data / 'train2017/000000000001.jpg'))
    # quality 90 keeps the grain of 4 grey levels, and colours at half size
    assert np.abs(drawn.astype(int) - read).mean() < 4


def test_an_image_does_not_depend_on_the_number_of_images(data, tmp_path):
    generate_dataset(tmp_path / 'few', 2, 1, seed=0)
    few, many = _files(tmp_path / 'few'), _files(data)
    for name in ('train2017/000000000002.jpg', 'val2017/000001000001.jpg'):
        assert few[name] == many[name]
    rows = [
        [a for a in _load(folder / TRAIN)['annotations'] if a['image_id'] < 3]
        for folder in (tmp_path / 'few', data)
    ]
    assert rows[0] == rows[1]


def test_there_are_about_as_many_detections_as_people(data):
    people = [a for a in _load(data / VAL)['annotations'] if not a['iscrowd']]
    found = _load(data / DETECTIONS)
    # 0.95 of the people, and one false box an image
    expected = 0.95 * len(people) + 30
    assert abs(len(found) - expected) < 0.2 * expected


def test_the_same_data_set_is_reused_without_writing(data):
    before = {path: path.stat().st_mtime_ns for path in data.rglob('*')}
    summary = generate_dataset(data, 6, 30, seed=0)
    assert summary.reused
    assert summary.images == 36
    assert summary.people > 36
    assert before == {p: p.stat().st_mtime_ns for p in data.rglob('*')}


@pytest.mark.parametrize(
    'other',
    [{'num_train': 5}, {'seed': 1}, {'image_size': (320, 256)}],
)
def test_a_folder_with_another_data_set_is_refused(data, other):
    before = _files(data)
    arguments = {'num_train': 6, 'num_val': 30, 'seed': 0} | other
    with pytest.raises(ValueError, match='other arguments'):
        generate_dataset(data, **arguments)
    assert _files(data) == before


def test_a_folder_with_something_else_is_refused(tmp_path):
    (tmp_path / 'thesis.tex').write_text('all of it')
    with pytest.raises(ValueError, match='something else'):
        generate_dataset(tmp_path, 1, 1, seed=0)
    assert list(_files(tmp_path)) == ['thesis.tex']


@pytest.mark.parametrize('text', ['[]', '3', '{', ''])
def test_a_damaged_record_is_refused_by_name(tmp_path, text):
    (tmp_path / 'synth.json').write_text(text)
    with pytest.raises(ValueError, match=str(tmp_path)):
        generate_dataset(tmp_path, 1, 1, seed=0)
    assert list(_files(tmp_path)) == ['synth.json']


def test_an_unfinished_data_set_is_completed(tmp_path):
    class StopError(Exception):
        pass

    def stop(done, total):
        if done == 3:
            raise StopError

    with pytest.raises(StopError):
        generate_dataset(tmp_path / 'a', 4, 2, seed=0, progress=stop)
    assert not (tmp_path / 'a/synth.json').exists()
    assert not generate_dataset(tmp_path / 'a', 4, 2, seed=0).reused
    generate_dataset(tmp_path / 'b', 4, 2, seed=0)
    assert _files(tmp_path / 'a') == _files(tmp_path / 'b')


def test_another_process_may_generate_the_same_data_at_the_same_time(
    tmp_path, monkeypatch
):
    write_text = Path.write_text
    others = [
        multiprocessing.get_context('fork').Process(
            target=generate_dataset, args=(tmp_path / 'a', 2, 1, 0)
        )
        for _ in range(4)
    ]

    def write_while_another_works(path, text, **options):
        write_text(path, text, **options)
        if multiprocessing.parent_process() is None and others:
            other = others.pop()
            other.start()
            other.join()
            assert other.exitcode == 0

    monkeypatch.setattr(Path, 'write_text', write_while_another_works)
    generate_dataset(tmp_path / 'a', 2, 1, seed=0)
    assert not others
    generate_dataset(tmp_path / 'b', 2, 1, seed=0)
    assert _files(tmp_path / 'a') == _files(tmp_path / 'b')


def test_a_folder_with_only_an_unfinished_file_counts_as_empty(tmp_path):
    (tmp_path / '.7.synth.unfinished.json').write_text('{')
    assert not generate_dataset(tmp_path, 1, 1, seed=0).reused


def test_a_data_set_whose_repair_was_interrupted_is_not_complete(tmp_path):
    generate_dataset(tmp_path, 2, 1, seed=0)
    (tmp_path / 'train2017/000000000001.jpg').unlink()

    def stop(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        generate_dataset(tmp_path, 2, 1, seed=0, progress=stop)
    assert not generate_dataset(tmp_path, 2, 1, seed=0).reused


def test_a_data_set_that_lacks_an_image_is_generated_again(tmp_path):
    generate_dataset(tmp_path / 'a', 2, 1, seed=0)
    before = _files(tmp_path / 'a')
    (tmp_path / 'a/train2017/000000000002.jpg').unlink()
    assert not generate_dataset(tmp_path / 'a', 2, 1, seed=0).reused
    assert _files(tmp_path / 'a') == before


@pytest.mark.parametrize(
    ('bad', 'message'),
    [
        ({'num_train': 0}, 'num_train must be .* got 0'),
        ({'num_val': -1}, 'num_val must be .* got -1'),
        ({'num_train': 1.5}, 'num_train must be a whole number .* got 1.5'),
        ({'seed': -3}, 'seed must be .* got -3'),
        ({'image_size': (63, 240)}, r'image_size \(width\) must be .* got 63'),
        ({'image_size': (320, 9999)}, r'image_size \(height\) .* got 9999'),
        ({'image_size': (320,)}, r'image_size must be .* got \(320,\)'),
        ({'max_people': 0}, 'max_people must be .* got 0'),
    ],
)
def test_bad_arguments_are_named_before_anything_is_written(
    tmp_path, bad, message
):
    arguments = {'num_train': 1, 'num_val': 1, 'seed': 0} | bad
    with pytest.raises(ValueError, match=message):
        generate_dataset(tmp_path / 'data', **arguments)
    assert not (tmp_path / 'data').exists()


@pytest.mark.parametrize('name', ['file', 'file/data'])
def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path, name):
    (tmp_path / 'file').write_text('')
    with pytest.raises(ValueError, match='file is a file'):
        generate_dataset(tmp_path / name, 1, 1, seed=0)


def test_the_progress_counts_every_image(tmp_path):
    calls = []
    generate_dataset(
        tmp_path / 'a', 3, 2, 0, progress=lambda *call: calls.append(call)
    )
    assert calls == [(done, 5) for done in range(1, 6)]


def test_an_image_that_cannot_be_written_raises_an_error(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(
        generator, '_image_file', lambda image_id: f'no/{image_id}.jpg'
    )
    with pytest.raises(FileNotFoundError):
        generate_dataset(tmp_path / 'a', 1, 1, seed=0)


ANNOTATION_DIGEST = '10668de5a2623713'
