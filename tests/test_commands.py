"""Every command that a page shows runs as it is written.

A page's commands run one after the other in a folder of their own, where the
names that a page uses (CONFIG, CHECKPOINT, data/coco, ...) are small files. A
shipped config of such a command is the tiny config of the same name there.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip('sleap_io', reason='sleap-io is not installed')

from workshop import NAMES, open_workshop

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in (ROOT / 'README.md', *ROOT.glob('docs/*.md'))
)
# What no test here can run, and why: the first words of a command -> a reason
NOT_RUN = {
    'make ': 'make sets up the environment that runs this test',
    'source ': 'the environment is in place',
    'pip install': 'tests/test_install.py and test_wheel.py install',
    'mim train mmpose configs/mlpe_resnest101_384x288.py --amp': 'a GPU',
    'mim train mmpose configs/mlpe_resnest101_384x288.py --gpus 8': '8 GPUs',
    'python -m mlpe_mmpose benchmark': 'tests/benchmarks',
    'python -m mlpe_mmpose compare table': 'days, on COCO and GPUs',
    'python -m mlpe_mmpose compare tiny': 'hours; docs/results/ has the runs',
    'python -m mlpe_mmpose compare ohkm': 'hours; docs/results/ has the runs',
    'python -m mlpe_mmpose synth data/overlap': 'tests/tools/synth',
    'PYTHONPATH=benchmarks': 'tests/benchmarks',
    'python benchmarks/pack_crops.py': 'tests/benchmarks',
    'SUITE=lspet_gpu': 'a GPU',
    'python -m mlpe_mmpose web': 'tests/tools/web',
    'python -m mlpe_mmpose import-data openfield': "DeepLabCut's example",
    'python -m mlpe_mmpose init-dataset mouse': "DeepLabCut's example",
    'mim train mmpose mouse_config.py': "DeepLabCut's example",
    'OMP_NUM_THREADS=1 python -m mlpe_mmpose compare lspet': 'hours',
    'OMP_NUM_THREADS=2 python -m mlpe_mmpose compare lspet': 'hours',
    'mim train mmpose configs/mlpe_tiny_synthetic.py --gpus 8': '8 processes',
    'TRAIN=': 'for torchrun alone',
    'TORCH_DISABLE_SHARE_RDZV_TCP_STORE=1 torchrun': '8 processes',
    'torchrun': 'two machines',
    'python -m mlpe_mmpose predict photos/ --config CONFIG': 'a compiled mmcv',
    'python -m mlpe_mmpose detect-boxes': 'tests/tools/detect_boxes',
    'python -m mlpe_mmpose predict s3://': 'a cluster',
}


def commands(page: str) -> list[str]:
    """Return the commands of a page's blocks of shell code, in order."""
    blocks = re.findall(
        r'```bash\n(.*?)```', (ROOT / page).read_text(), re.DOTALL
    )
    text = '\n'.join(blocks).replace('\\\n', ' ')
    lines = (re.sub(r'(^|\s)#.*', '', line) for line in text.splitlines())
    return [' '.join(line.split()) for line in lines if line.strip()]


def reason_not_to_run(command: str) -> str:
    """Return why no test runs a command, or ''."""
    fits = [why for words, why in NOT_RUN.items() if command.startswith(words)]
    return fits[0] if fits else ''


def test_no_reason_is_left_over():
    shown = [command for page in PAGES for command in commands(page)]
    for words in NOT_RUN:
        assert any(command.startswith(words) for command in shown), words


@pytest.mark.long
@pytest.mark.parametrize('page', PAGES)
def test_the_commands_of_a_page_run(page, tmp_path):
    left = [c for c in commands(page) if not reason_not_to_run(c)]
    if not left:
        pytest.skip('the page shows no command that a test can run')
    open_workshop(tmp_path)
    bin_folder = Path(sys.executable).parent
    environment = dict(
        os.environ,
        PATH=f'{bin_folder}:{os.environ["PATH"]}',
        OMP_NUM_THREADS='1',
    )
    typed = '\n'.join(['set -ex', *left])
    for name, path in NAMES.items():
        typed = re.sub(rf'(?<![\w.]){re.escape(name)}(?!\w)', path, typed)
    done = subprocess.run(
        ['bash', '-c', typed],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
