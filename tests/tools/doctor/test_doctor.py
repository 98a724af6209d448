import os
import subprocess
import sys
from pathlib import Path

from mlpe_mmpose.compat import stack

PARTS = ['Python', *(part.name for part in stack.PARTS), 'mlpe_mmpose']
OPTIONAL = [part.name for part in stack.OPTIONAL]


def doctor(first_on_path: Path) -> tuple[int, list[list[str]], str]:
    """Exit status, the words of each line of the stack, and all output."""
    done = subprocess.run(
        [sys.executable, '-m', 'mlpe_mmpose', 'doctor'],
        env={**os.environ, 'PYTHONPATH': str(first_on_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    lines = done.stdout.split('\n\n')[0].splitlines()
    rows = [line.split() for line in lines if not line.startswith(' ')]
    return done.returncode, rows, done.stdout + done.stderr


def optional_lines(out: str) -> list[str]:
    """The lines about packages that training does not need."""
    _, optional, _ = out.split('\n\n')
    return optional.splitlines()[1:]


def test_faulty_parts_hide_no_other_part_and_come_with_a_command(
    tmp_path,
):
    # one part raises, one takes its process down, one is not needed
    (tmp_path / 'torchvision.py').write_text(
        'raise RuntimeError("operator torchvision::nms does not exist")'
    )
    (tmp_path / 'mim.py').write_text('import os\nos.abort()')
    (tmp_path / 'mmpretrain.py').write_text('raise OSError("no such thing")')
    status, rows, out = doctor(tmp_path)
    assert status == 1
    assert [row[0] for row in rows] == PARTS
    marks = {row[0]: row[2] for row in rows}
    assert marks['torchvision'] == marks['openmim'] == 'FAULT'
    assert marks['mmpretrain'] == '-'
    assert marks['torch'] == marks['mmcv'] == marks['xtcocotools'] == 'ok'
    assert '--force-reinstall --no-deps torchvision==' in out
    assert 'its import ends the process (SIGABRT)' in out
    assert 'OSError: no such thing. Only for backbones of mmpretrain.' in out
    # a part that fails because of torchvision only names it
    assert '  the fault of torchvision\n' in out
    last = out.splitlines()[-1]
    assert last.startswith('Training would not start: torchvision, ')
    assert 'mmpretrain' not in last


# Python runs this at its start: two packages look as if not installed
WITHOUT_TWO = """
import importlib.metadata, sys
sys.modules['onnx'] = sys.modules['faster_coco_eval'] = None
version = importlib.metadata.version
def hide(name):
    if name in ('onnx', 'faster-coco-eval'):
        raise importlib.metadata.PackageNotFoundError(name)
    return version(name)
importlib.metadata.version = hide
"""


def test_a_good_environment_starts_training_without_optional_packages(
    tmp_path,
):
    (tmp_path / 'sitecustomize.py').write_text(WITHOUT_TWO)
    status, rows, out = doctor(tmp_path)
    assert status == 0, out
    assert [row[0] for row in rows] == PARTS
    assert all(row[2] == 'ok' for row in rows)
    assert out.endswith('\n\nTraining would start.\n')
    assert 'mend' not in out
    assert '\x1b' not in out
    lines = optional_lines(out)
    marks = [line.split()[:3:2] for line in lines if line[0] != ' ']
    # onnxscript needs onnx
    missing = {'onnx', 'onnxscript', 'faster-coco-eval'}
    expected = [[name, '-' if name in missing else 'ok'] for name in OPTIONAL]
    assert marks == expected
    assert lines[0].endswith('onnx is not installed. Only for `export`.')
    assert ' add it with: ' in lines[1]
    assert lines[1].endswith(" -m pip install 'mlpe_mmpose[export]'")
    assert lines[2].endswith('The command of onnx adds it, too.')
    assert lines[3].endswith('only for `export` and OnnxPose')
    (row,) = (
        number
        for number, line in enumerate(lines)
        if line.startswith('faster-coco-eval')
    )
    assert 'Only for `report` and a fast FastCocoMetric.' in lines[row]
    assert lines[row + 1].endswith(" -m pip install 'mlpe_mmpose[eval]'")
