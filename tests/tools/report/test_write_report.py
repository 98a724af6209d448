"""The page is complete, runs no script, and is readable in a browser."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from html_reader import Reader
from mmengine.config import Config
from mmpose.apis import init_model
from newer_style import STYLES

from mlpe_mmpose.tools import main
from mlpe_mmpose.tools.report.write_report import write_report
from mlpe_mmpose.tools.synth.generator import generate_dataset

TINY = Path(__file__).parents[3] / 'configs/mlpe_tiny_synthetic.py'
EVIL = '<script>alert(1)<img src=x onerror="alert(1)"> & \'co\'.jpg'
BROWSER = shutil.which('chromium') or shutil.which('google-chrome')
# the page runs no script, and loads nothing
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
# a browser without requests of its own
QUIET = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic']
QUIET += ['--no-first-run', '--disable-background-networking']
QUIET += ['--disable-component-update', '--disable-sync']


@pytest.fixture(scope='module')
def trained(tmp_path_factory) -> tuple[Path, Path]:
    """A narrow model's config and weights, on a few generated people."""
    folder = tmp_path_factory.mktemp('report')
    generate_dataset(folder / 'data', 1, 5, seed=0)
    config = Config.fromfile(TINY)
    config.model.backbone.base_channels = 8
    config.model.neck.update(in_channels=(8, 16, 32, 64), out_channels=8)
    config.model.head.in_channels = 8
    truth = folder / 'data/annotations/person_keypoints_val2017.json'
    for split in ('val', 'test'):
        dataset = config[f'{split}_dataloader'].dataset
        dataset.data_root = str(folder / 'data')
        config[f'{split}_evaluator'].ann_file = str(truth)
    config.dump(folder / 'config.py')
    torch.manual_seed(0)
    model = init_model(str(folder / 'config.py'), device='cpu')
    weights = dict(state_dict=model.state_dict(), meta={})
    torch.save(weights, folder / 'weights.pth')
    picks = dict(
        keypoints=['nose', '<script>ear'],
        epochs=[
            dict(epoch=1, picked=[1, 2], labelled=[4, 4]),
            dict(epoch=7, picked=[3, 4], labelled=[4, 4]),
        ],
    )
    (folder / 'ohkm_picks.json').write_text(json.dumps(picks))
    # a file name that is markup
    content = json.loads(truth.read_text())
    image = content['images'][0]
    old = folder / 'data/val2017' / image['file_name']
    old.rename(old.with_name(EVIL))
    image['file_name'] = EVIL
    # and files in a folder
    for image in content['images'][1:]:
        old = folder / 'data/val2017' / image['file_name']
        image['file_name'] = f'left/{old.name}'
        old.parent.joinpath('left').mkdir(exist_ok=True)
        old.rename(old.parent / image['file_name'])
    content['categories'][0]['name'] = EVIL
    truth.write_text(json.dumps(content))
    return folder / 'config.py', folder / 'weights.pth'


@pytest.fixture(scope='module')
def page(trained) -> Path:
    """The page of a config with two metrics."""
    out = trained[0].with_name('report.html')
    config = Config.fromfile(trained[0])
    config.test_evaluator = [dict(type='PCKAccuracy'), config.test_evaluator]
    two_metrics = trained[0].with_name('two_metrics.py')
    config.dump(two_metrics)
    write_report(two_metrics, trained[1], out, say=str)
    return out


def test_the_page_has_every_section_and_all_its_pictures(page):
    reader = Reader(page.read_text())
    text = reader.text
    for title in (
        'In figures',
        'Errors by kind',
        'By size, visibility, crowding',
        'By keypoint',
        'Picked by OHKM',
        'Heatmaps by level',
    ):
        assert title in text
    for word in ('jitter', 'inversion', 'swap', 'miss', 'left_ankle'):
        assert word in text
    # three of four in the last epoch
    assert re.search(r'epoch 7, %.*nose25\.075\.0', text)
    people = len(re.findall(r'annotation \d+: OKS', text))
    # random weights match nobody, so nobody is among the best
    assert f'The worst {people}' in text
    assert 'The best' not in text
    # two panels a person; four people or fewer of five maps
    assert (reader.tags['img'] - 2 * people) % 5 == 0
    assert text.count('level 0') == (reader.tags['img'] - 2 * people) // 5 + 1
    # whose captions have the folder
    levels = text.split('Heatmaps by level')[1].split('The worst')[0]
    assert 'left/' in levels
    assert not re.search(r'(?<![\d/])\d+\.jpg', levels)


@pytest.mark.parametrize('write', STYLES)
def test_a_config_whose_types_are_classes_gives_the_same_heatmaps(
    trained, page, write
):
    config = write(trained[0], trained[0].with_name(f'{write.__name__}.py'))
    out = config.with_suffix('.html')
    write_report(config, trained[1], out, say=str)
    found, expected = (Reader(path.read_text()) for path in (out, page))
    assert found.text.count('level 0') == expected.text.count('level 0')
    assert found.tags['img'] == expected.tags['img']


def test_the_page_loads_nothing_from_outside(page):
    text = page.read_text()
    reader = Reader(text)
    assert reader.sources
    assert all(s.startswith('data:image/jpeg;base64,') for s in reader.sources)
    assert POLICY in text
    assert 'script' not in reader.tags
    assert not re.search(r'https?:|url\(|@import', text)


def test_markup_in_names_is_escaped(page):
    text = page.read_text()
    assert 'onerror="' not in text
    assert '&lt;script&gt;alert(1)&lt;img src=x onerror=' in text
    assert '&lt;script&gt;ear' in text
    assert EVIL in Reader(text).text


def test_every_picture_decodes_and_shows_something(page):
    import base64

    for source in Reader(page.read_text()).sources:
        data = base64.b64decode(source.partition(',')[2])
        picture = cv2.imdecode(np.frombuffer(data, np.uint8), 1)
        assert picture.shape[0] == 220
        assert picture.std() > 1


@pytest.fixture
def perfect(trained, tmp_path) -> Path:
    """A results file whose detections are the annotations."""
    truth = json.loads(
        (
            trained[0].parent
            / 'data/annotations/person_keypoints_val2017.json'
        ).read_text()
    )
    people = [
        dict(
            image_id=a['image_id'],
            category_id=1,
            keypoints=a['keypoints'],
            score=1.0,
        )
        for a in truth['annotations']
    ]
    path = tmp_path / 'r.json'
    path.write_text(json.dumps(people))
    return path


def test_a_results_file_gives_every_section_but_the_heatmaps(
    trained, perfect, tmp_path
):
    out = tmp_path / 'page.html'
    # no network runs, so the device does not matter
    found = write_report(trained[0], perfect, out, None, 'cuda:99', str)
    assert found.metrics['AP'] == 1
    text = Reader(out.read_text()).text
    assert 'AP 100.0' in text
    assert f'The best {len(found.best)}' in text
    assert 'OKS 1.00; no error' in text
    assert 'They need the network' in text
    assert 'Not recorded: ohkm_picks.json' in text


def test_people_of_missing_images_are_drawn_over_black(
    trained, perfect, tmp_path
):
    out = tmp_path / 'page.html'
    nowhere = {'test_dataloader.dataset.data_prefix.img': 'nowhere/'}
    found = write_report(trained[0], perfect, out, nowhere, say=str)
    reader = Reader(out.read_text())
    shown = len(found.worst) + len(found.best)
    assert reader.tags['img'] == 2 * shown


def test_the_verb_names_the_costliest_error_and_refuses_missing_files(
    trained, tmp_path, capsys
):
    config = str(trained[0])
    out = str(tmp_path / 'page.html')
    assert main(['report', config, str(trained[1]), '--out', out]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert re.match(r'AP \d+\.\d', lines[-2])
    assert lines[-1] == out
    assert main(['report', config, 'none.pth', '--out', out]) == 2
    assert 'none.pth is no file' in capsys.readouterr().err
    call = ['report', config, str(trained[1]), '--out', out]
    assert main([*call, '--cfg-options', 'test_evaluator.type=AUC']) == 2
    assert "CocoMetric, whose results are diagnosed; it has ['AUC']" in (
        capsys.readouterr().err
    )
    (tmp_path / 'empty.json').write_text('[]')
    call = ['report', config, str(tmp_path / 'empty.json'), '--out', out]
    assert main(call) == 2
    assert 'it is empty' in capsys.readouterr().err
    nowhere = str(tmp_path / 'none/page.html')
    assert main([*call[:-1], nowhere]) == 2


@pytest.mark.skipif(BROWSER is None, reason='no Chromium on this machine')
def test_a_browser_shows_bars_and_pictures(page, tmp_path):
    shot = tmp_path / 'page.png'
    subprocess.run(
        [
            BROWSER,
            *QUIET,
            f'--user-data-dir={tmp_path / "profile"}',
            '--window-size=1200,4000',
            f'--screenshot={shot}',
            page.as_uri(),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    picture = cv2.imread(str(shot))
    # the bars' blue, #3b82c4
    blue = (np.abs(picture.astype(int) - (0xC4, 0x82, 0x3B)) < 4).all(-1)
    assert blue.sum() > 2000
    # columns that are drawn over by pictures only: noise of a photograph
    rows = picture[:, 24:200].astype(int).std(axis=(1, 2)) > 25
    assert rows.sum() > 220


def test_an_error_is_named_where_predictions_match_somebody(
    trained, perfect, tmp_path, capsys
):
    people = json.loads(perfect.read_text())
    call = ['report', str(trained[0]), str(perfect)]
    call += ['--out', str(tmp_path / 'page.html')]
    for number, said in ((1, r'; without miss it would be 100\.0'), (17, '')):
        for person in people:
            person['keypoints'][: 3 * number] = [9999.0, 9999, 1] * number
        perfect.write_text(json.dumps(people))
        assert main(call) == 0
        line = capsys.readouterr().out.splitlines()[-2]
        assert re.fullmatch(rf'AP \d+\.\d{said}', line)
