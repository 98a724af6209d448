"""The zip file has the names, the format and the images of COCO's server."""

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from xtcocotools.coco import COCO
from xtcocotools.cocoeval import COCOeval

from mlpe_mmpose.tools import main
from mlpe_mmpose.tools.pack.pack_results import pack_results
from mlpe_mmpose.tools.synth.generator import generate_dataset

NAME = 'person_keypoints_test-dev2017_mlpe-r50_results'


def person(image_id: int = 7, **changes: object) -> dict:
    keypoints = [value + 0.04 for value in range(51)]
    found = dict(bbox=[0, 0, 9, 9], image_id=image_id, category_id=1)
    return found | dict(keypoints=keypoints, score=0.5) | changes


@pytest.fixture
def image_info(tmp_path: Path) -> Path:
    path = tmp_path / 'image_info_test-dev2017.json'
    path.write_text(json.dumps(dict(images=[dict(id=7), dict(id=9)])))
    return path


def write(tmp_path: Path, people: object) -> Path:
    path = tmp_path / 'results.keypoints.json'
    path.write_text(json.dumps(people))
    return path


def packed(path: Path) -> list[dict]:
    with zipfile.ZipFile(path) as file:
        (name,) = file.namelist()
        assert name == f'{path.stem}.json'
        return json.loads(file.read(name))


def test_the_file_has_coco_s_name_and_keys_only(tmp_path, image_info):
    results = write(tmp_path, [person(), person(9, score=0.25)])
    notes = []
    path = pack_results(
        results, image_info, 'mlpe-r50', tmp_path / 'new', say=notes.append
    )
    assert path == tmp_path / 'new' / f'{NAME}.zip'
    first, second = packed(path)
    assert set(first) == {'image_id', 'category_id', 'keypoints', 'score'}
    # 0.04 rounds to 0.0, to tenths; flags are 1
    assert first['keypoints'][:6] == [0.0, 1.0, 1, 3.0, 4.0, 1]
    assert (second['image_id'], second['score']) == (9, 0.25)
    assert notes[0] == '2 people in 2 of 2 images'
    assert '20288' in notes[1]


def test_the_packed_results_have_the_ap_of_the_results_file(tmp_path):
    generate_dataset(tmp_path / 'data', num_train=1, num_val=60, seed=0)
    truth = tmp_path / 'data/annotations/person_keypoints_val2017.json'
    coco = COCO(str(truth))
    random = np.random.default_rng(0)
    people = [
        person(
            annotation['image_id'],
            # off by some pixels, so that AP is neither 0 nor 1
            keypoints=(points + random.normal(0, number % 5, 51)).tolist(),
            score=1 / number,
        )
        for number, annotation in enumerate(coco.anns.values(), 1)
        for points in [annotation['keypoints']]
    ]
    path = pack_results(
        write(tmp_path, people), truth, 'x', tmp_path, 'val2017', str
    )
    (tmp_path / 'unpacked.json').write_text(json.dumps(packed(path)))
    figures = []
    for name in ('results.keypoints.json', 'unpacked.json'):
        evaluation = COCOeval(
            coco, coco.loadRes(str(tmp_path / name)), 'keypoints'
        )
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
        # not by size: a detection's is that of its box, which is not packed
        figures.append(evaluation.stats[[0, 1, 2, 5, 6, 7]])
    assert 0.05 < figures[0][0] < 0.95
    # tenths of a pixel
    assert figures[1] == pytest.approx(figures[0], abs=0.01)


@pytest.mark.parametrize(
    ('people', 'message'),
    [
        ([], 'list of detections.* is empty'),
        (dict(a=1), 'list of detections.* is dict'),
        ([1], r'position 0 .* 1 is not an object'),
        ([dict(image_id=7)], "'category_id' is missing"),
        (
            [person(), person(8)],
            r"position 1 .*'image_id' is 8, .* none of the 2",
        ),
        ([person('7')], "'image_id' is '7', which is none"),
        ([person(category_id=2)], "'category_id' is 2 instead of 1"),
        ([person(keypoints=[0] * 42)], '42 values instead of 51'),
        ([person(score=float('nan'))], "'score' is nan"),
        ([person(score=None)], "'score' is None; it needs"),
        ([person(keypoints=None)], "'keypoints' is None; .* a list of finite"),
        (
            [person(keypoints=['1'] * 51)],
            r"'keypoints' is \['1', .*; .* a list of finite",
        ),
        ([person([7])], r"'image_id' is \[7\]; .* image's id"),
        ([person(keypoints=[float('inf')] * 51)], 'list of finite numbers'),
    ],
)
def test_results_that_the_server_would_refuse_are_not_written(
    tmp_path, image_info, people, message
):
    results = write(tmp_path, people)
    with pytest.raises(ValueError, match=message):
        pack_results(results, image_info, 'x', tmp_path / 'new')
    assert not (tmp_path / 'new').exists()


@pytest.mark.parametrize('name', ['', 'a_b', 'a b', '../a'])
def test_a_method_name_with_other_characters_is_refused(
    tmp_path, image_info, name
):
    with pytest.raises(ValueError, match=f'got algorithm={name!r}'):
        pack_results(write(tmp_path, [person()]), image_info, name, tmp_path)
    # as a part of a path, it would name the file in another folder
    with pytest.raises(ValueError, match=f'got split={name!r}'):
        pack_results(
            write(tmp_path, [person()]), image_info, 'a', tmp_path, name
        )


def test_a_list_without_images_or_json_is_refused(tmp_path):
    results = write(tmp_path, [person()])
    with pytest.raises(ValueError, match='has no `images`'):
        pack_results(results, results, 'x', tmp_path)
    (tmp_path / 'broken.json').write_text('{')
    with pytest.raises(ValueError, match='is no JSON file'):
        pack_results(results, tmp_path / 'broken.json', 'x', tmp_path)
    (tmp_path / 'broken.json').write_text('{"images": [{"name": 1}]}')
    with pytest.raises(ValueError, match=r"image at .*: 'id' is missing"):
        pack_results(results, tmp_path / 'broken.json', 'x', tmp_path)


def test_the_error_for_a_missing_file_says_where_it_comes_from(
    tmp_path, image_info, capsys
):
    results = write(tmp_path, [person()])
    out = tmp_path / 'new'
    for files, message in (
        (
            ('none', image_info),
            'the results, none, does not exist. `mim test`',
        ),
        ((tmp_path, image_info), f'results, {tmp_path}, is a folder. `mim te'),
        ((results, 'none'), 'list of images, none, does not exist. COCO publ'),
    ):
        call = ['pack', *map(str, files), '--out', str(out), '--name', 'x']
        assert main(call) == 2
        said = capsys.readouterr().err
        assert said.startswith('pack: the ')
        assert message in said
        assert 'Errno' not in said
    assert not out.exists()


def test_more_people_than_coco_counts_are_noted(tmp_path, image_info):
    notes = []
    people = [person()] * 21 + [person(9)] * 20
    pack_results(
        write(tmp_path, people),
        image_info,
        'x',
        tmp_path,
        'mine',
        notes.append,
    )
    assert len(notes) == 2
    assert notes[1].startswith('note: 1 images have more than 20 people')


def test_the_verb_prints_the_path_of_the_zip_file(
    tmp_path, image_info, capsys
):
    results = str(write(tmp_path, [person()]))
    call = ['pack', results, str(image_info), '--out', str(tmp_path)]
    assert main([*call, '--name', 'mlpe-r50']) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert last == str(tmp_path / f'{NAME}.zip')
    assert main([*call, '--name', 'a b']) == 2
    assert main(['pack', 'none', str(image_info), '--name', 'x']) == 2
    assert capsys.readouterr().err.count('pack: ') == 2
