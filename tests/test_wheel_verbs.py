"""Every verb once, from a wheel, on small files outside the checkout.

The environment is new: it has the package of the wheel, and no path leads to
the checkout. The stack (torch, mmpose, ...) is that of the tests, which a
`.pth` file adds, so these tests do not show that the stack can be installed;
`make matrix` does.
"""

import re
import shlex
import signal
import subprocess
import urllib.request
from pathlib import Path

import pytest
import torch
from onnx_detectors import write_detector
from original_network import OriginalNetwork
from processes import free_port
from wheels import Environment, install_wheel

from mlpe_mmpose.tools import VERBS, ExitCode

MINUTES_10 = 600
SUITE = """
options = {'train_cfg.max_epochs': 1, 'param_scheduler': []}
experiments = [dict(name='tiny', config='mlpe_tiny_synthetic.py')]
"""
VAL = 'data/synthetic/annotations/person_keypoints_val2017.json'
# loaders without processes of their own, and a few generated people as COCO
OPTIONS = ' '.join(
    f'{split}_dataloader.num_workers=0 '
    f'{split}_dataloader.persistent_workers=False '
    f'{split}_dataloader.dataset.data_root=data/synthetic/'
    for split in ('train', 'val', 'test')
)
OPTIONS += f' val_evaluator.ann_file={VAL} test_evaluator.ann_file={VAL}'
# One command a line; each uses the files of those before. A line begins with
# the verb, or with `mim`.
COMMANDS = """
configs mlpe_tiny_synthetic --copy configs
synth data/synthetic --images 8 --val-images 4
check-data VAL --images data/synthetic/val2017
mim search mlpe_mmpose
mim train mlpe_mmpose mlpe_tiny_synthetic --cfg-options OPTIONS \
    train_cfg.max_epochs=1 train_dataloader.batch_size=4
mim test mlpe_mmpose mlpe_tiny_synthetic -C CHECKPOINT --cfg-options OPTIONS \
    test_evaluator.outfile_prefix=results
mim train mlpe_mmpose mlpe_resnest50_256x192 --cfg-options OPTIONS \
    train_cfg.max_epochs=1 model.backbone.init_cfg=None \
    train_dataloader.dataset.indices=2 train_dataloader.batch_size=2 \
    val_dataloader.dataset.bbox_file=None
mim test mlpe_mmpose mlpe_resnest50_256x192 -C LARGE --cfg-options OPTIONS \
    test_dataloader.dataset.bbox_file=None
report CONFIG results.keypoints.json
report CONFIG CHECKPOINT --out heatmaps.html
predict data/synthetic/val2017 --config CONFIG --checkpoint CHECKPOINT \
    --detector detector.onnx
export CONFIG CHECKPOINT pose.onnx
predict data/synthetic/val2017 --model pose.onnx --whole-image --out exported
detect-boxes VAL data/synthetic/val2017 boxes.json --detector detector.onnx
convert original.pth converted.pth --source mlpe --input-size 256x192
pack results.keypoints.json VAL --name MLPE
export-data results.keypoints.json VAL poses.slp \
    --images data/synthetic/val2017
import-data VAL imported --images data/synthetic/val2017
init-dataset imported/train.json --images imported/images \
    --val imported/val.json --config mlpe_tiny_synthetic.py --out mine
compare suite.py --data data/synthetic --out runs --seeds 1
benchmark loss --quick --device cpu
doctor
"""
NAMES = {
    'OPTIONS': OPTIONS,
    'VAL': VAL,
    'CONFIG': 'configs/mlpe_tiny_synthetic.py',
    'CHECKPOINT': 'work_dirs/mlpe_tiny_synthetic/epoch_1.pth',
    'LARGE': 'work_dirs/mlpe_resnest50_256x192/epoch_1.pth',
}
# a test of their own
APART = ('demo', 'web')
# what the commands write
WRITTEN = (
    *(NAMES['CHECKPOINT'], NAMES['LARGE'], 'report.html', 'heatmaps.html'),
    *('predictions/results.json', 'exported/results.json', 'boxes.json'),
    *('pose.onnx', 'converted.pth', 'converted.py', 'poses.slp'),
    *('person_keypoints_test-dev2017_MLPE_results.zip', 'imported/val.json'),
    *('mine/train_config.py', 'runs/table.md'),
)


def commands() -> list[list[str]]:
    """Return the words of each command."""
    text = re.sub(r'\b[A-Z]+\b', lambda m: NAMES.get(m[0], m[0]), COMMANDS)
    return [shlex.split(line) for line in text.strip().splitlines()]


def test_no_verb_is_left_out():
    run = {words[0] for words in commands()} - {'mim'}
    verbs = {verb for verbs in VERBS.values() for verb in verbs}
    assert run | {*APART} == verbs
    assert not run & {*APART}


@pytest.fixture(scope='module')
def wheel(tmp_path_factory) -> Environment:
    return install_wheel(tmp_path_factory.mktemp('wheel'))


@pytest.fixture(scope='module')
def folder(wheel, tmp_path_factory) -> Path:
    """A folder in which all commands have run."""
    folder = tmp_path_factory.mktemp('verbs')
    original = OriginalNetwork('mlpe', 50, empty=True).parameters
    torch.save(dict(epoch=1, state_dict=original), folder / 'original.pth')
    write_detector(folder / 'detector.onnx', [[10, 10, 60, 90, 0.9]])
    (folder / 'suite.py').write_text(SUITE)
    for words in commands():
        module = ['mim'] if words[0] == 'mim' else ['mlpe_mmpose', words[0]]
        wheel.run('-m', *module, *words[1:], cwd=folder, timeout=MINUTES_10)
    return folder


@pytest.mark.long
def test_every_verb_of_a_wheel_does_its_work(folder):
    assert [path for path in WRITTEN if not (folder / path).exists()] == []


@pytest.mark.long
def test_the_demo_of_a_wheel_ends_with_pictures(wheel, folder, tmp_path):
    # of its training, which takes minutes, the end is taken for done
    work_dir = tmp_path / 'work_dirs/mlpe_tiny_synthetic'
    work_dir.mkdir(parents=True)
    checkpoint = torch.load(folder / NAMES['CHECKPOINT'], weights_only=True)
    checkpoint['meta']['epoch'] = 100
    best = work_dir / 'best_coco_AP_epoch_100.pth'
    torch.save(checkpoint, best)
    (work_dir / 'last_checkpoint').write_text(str(best))
    words = ('-m', 'mlpe_mmpose', 'demo')
    output = wheel.run(*words, cwd=tmp_path, timeout=MINUTES_10)
    assert 'trained already, 100 epochs' in output
    picture = output.splitlines()[-1]
    assert (tmp_path / picture).suffix == '.png'
    assert (tmp_path / picture).exists()


@pytest.mark.long
def test_the_page_of_a_wheel_opens_and_closes(wheel, folder):
    call = [wheel.python, '-m', 'mlpe_mmpose', 'web', '--port']
    call += [str(free_port()), '--config', NAMES['CONFIG'], '--checkpoint']
    process = subprocess.Popen(
        [*call, NAMES['CHECKPOINT']],
        cwd=folder,
        env=wheel.variables,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        said = next(x for x in process.stdout if ' is open; ' in x)
        url = said.split()[0]
        assert re.fullmatch(r'http://127\.0\.0\.1:\d+/', url)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(url, timeout=60) as answer:
            assert 'Find poses' in answer.read().decode()
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == ExitCode.STOPPED
    finally:
        process.kill()
        process.communicate()
