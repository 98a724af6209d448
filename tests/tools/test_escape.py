"""Names in files of others change neither a terminal nor what it shows."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from mlpe_mmpose.tools import main
from mlpe_mmpose.tools.escape import escape

# clears the screen, and writes a title; moves up and overwrites
EVIL = '\x1b[2J\x1b]0;title\x07 up\x1b[A\r'
SHOWN = r'\x1b[2J\x1b]0;title\x07 up\x1b[A\r'


def test_control_characters_are_written_out_and_others_stay():
    assert escape(EVIL) == SHOWN
    # 8-bit control, a reversed direction, a name that is no UTF-8
    assert escape('\x9b \u202e \udcff') == r'\x9b \u202e \udcff'
    assert escape('Bär 骨\n<b>') == 'Bär 骨\n<b>'


def rename_keypoint(content: dict) -> None:
    content['categories'][0]['keypoints'][0] = EVIL


def rename_category(content: dict) -> None:
    content['categories'][0]['name'] = EVIL


def rename_image(content: dict) -> None:
    content['images'][0]['file_name'] = EVIL


def rename_ids(content: dict) -> None:
    content['images'][0]['id'] = EVIL
    content['annotations'][0]['image_id'] = EVIL


@pytest.mark.parametrize(
    'spoil', [rename_keypoint, rename_category, rename_image, rename_ids]
)
@pytest.mark.parametrize('verb', ['check-data', 'init-dataset'])
def test_a_file_of_annotations_with_such_a_name_is_refused(
    coco_dataset, tmp_path, capsys, verb, spoil
):
    path = Path(coco_dataset([[2] * 17], []).ann_file)
    content = json.loads(path.read_text())
    names = [f'keypoint {number}' for number in range(17)]
    content['categories'][0]['keypoints'] = names
    spoil(content)
    path.write_text(json.dumps(content))
    out = ['--out', str(tmp_path / 'out')] * (verb == 'init-dataset')
    call = [verb, str(path), '--images', str(path.parent), *out]
    assert main(call) in (1, 2)
    said = ''.join(capsys.readouterr())
    assert said.replace('\n', '').isprintable()
    assert SHOWN in said
    assert not (tmp_path / 'out').exists()


def test_predict_names_a_broken_file_without_its_control_characters(
    small_mlpe, tmp_path, capsys
):
    images = tmp_path / 'images'
    images.mkdir()
    cv2.imwrite(str(images / '1.png'), np.zeros((60, 80, 3), np.uint8))
    (images / f'{EVIL}.jpg').write_bytes(b'')
    model = str(small_mlpe.config.with_name('pose.onnx'))
    call = ['predict', str(images), '--model', model, '--whole-image']
    assert main([*call, '--out', str(tmp_path / 'out')]) == 1
    said = ''.join(capsys.readouterr())
    assert said.replace('\n', '').isprintable()
    assert f'{SHOWN}.jpg: the file is empty' in said


def test_an_error_is_shown_without_control_characters(tmp_path, capsys):
    path = tmp_path / f'{EVIL}.json'
    assert main(['check-data', str(path), '--images', str(tmp_path)]) == 2
    assert f'{SHOWN}.json' in capsys.readouterr().err
