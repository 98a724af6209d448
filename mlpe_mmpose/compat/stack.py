"""The parts of the stack: their modules, distributions and installation."""

import importlib.metadata
import os
import shlex
import sys
from dataclasses import dataclass


@dataclass
class Part:
    """One part of the stack that MLPE trains on, or an optional package.

    Args:
        name (str): Common name
        install (str): Arguments of ``pip install`` for the tested version
        needs (str): Packages that the part imports and that the installation
            does not bring along
        fork (str): The same as ``install`` for an environment of the onedl
            fork; empty if the fork has no such distribution
        module (str): Name of the module that Python imports. Defaults to the
            name
        distributions (tuple[str]): All distributions that contain the
            module, the pinned one first. Defaults to the name
        only_for (str): The feature that needs the part; empty if training
            needs it
    """

    name: str
    install: str
    needs: str = ''
    fork: str = ''
    module: str = ''
    distributions: tuple[str, ...] = ()
    only_for: str = ''

    def __post_init__(self) -> None:
        self.module = self.module or self.name
        self.distributions = self.distributions or (self.name,)


# From 70.1 on setuptools builds wheels alone; 81 has no pkg_resources.
BUILD_TOOL = 'setuptools>=70.1,<81'
_TORCH = 'torch==2.11.0 torchvision==0.26.0'

# Every part needs only parts above it. The versions are those of
# requirements.txt (a test compares them) and the last releases of the fork.
# --no-deps: see the comments of requirements.txt.
PARTS = (
    Part('numpy', 'numpy==1.26.4'),
    Part('torch', _TORCH),
    Part('torchvision', _TORCH),
    Part(
        'opencv',
        '--no-deps opencv-python-headless==4.11.0.86',
        module='cv2',
        distributions=(
            *('opencv-python-headless', 'opencv-python'),
            *('opencv-contrib-python', 'opencv-contrib-python-headless'),
        ),
    ),
    Part(
        'mmengine',
        '--no-deps mmengine==0.10.7',
        needs='addict matplotlib rich termcolor yapf',
        fork='--no-deps onedl-mmengine==0.10.12',
        distributions=('mmengine', 'onedl-mmengine', 'mmengine-lite'),
    ),
    Part(
        'mmcv',
        '--no-deps mmcv-lite==2.1.0',
        needs='addict packaging pillow pyyaml yapf',
        fork='--no-deps onedl-mmcv==2.3.6',
        distributions=('mmcv-lite', 'mmcv', 'onedl-mmcv', 'mmcv-full'),
    ),
    # The wheels of xtcocotools are for numpy 1 and for Python 3.11 at most;
    # elsewhere pip compiles it.
    Part(
        'xtcocotools',
        '--no-deps --no-build-isolation xtcocotools==1.14.3',
        needs=f'cython matplotlib "{BUILD_TOOL}"',
    ),
    Part(
        'mmdet',
        '--no-deps mmdet==3.3.0',
        needs='pycocotools scipy shapely six terminaltables tqdm',
        fork='--no-deps onedl-mmdetection==3.5.1',
        distributions=('mmdet', 'onedl-mmdetection'),
    ),
    Part(
        'mmpretrain',
        '--no-deps mmpretrain==1.2.0',
        needs='einops importlib-metadata mat4py modelindex rich',
        fork='--no-deps onedl-mmpretrain==1.3.6',
        distributions=('mmpretrain', 'onedl-mmpretrain'),
        only_for='backbones of mmpretrain',
    ),
    Part(
        'mmpose',
        '--no-deps mmpose==1.3.2',
        needs='json-tricks munkres scipy matplotlib',
    ),
    Part(
        'openmim',
        '--no-deps openmim==0.3.9',
        needs='click colorama model-index pandas requests rich tabulate '
        '"setuptools<81"',
        module='mim',
        distributions=('openmim', 'onedl-mim'),
    ),
)

# onnx requires ml_dtypes, which requires numpy 2 from version 0.6 on.
ML_DTYPES = 'ml_dtypes<0.6'

# Packages of single features, as in the extras of pyproject.toml. A test
# compares both, and checks that no extra names a part of the stack.
_EXPORT = "'mlpe_mmpose[export]'"
OPTIONAL = (
    Part('onnx', _EXPORT, only_for='`export`'),
    Part('onnxscript', _EXPORT, only_for='`export`'),
    Part(
        'onnxruntime',
        _EXPORT,
        distributions=('onnxruntime', 'onnxruntime-gpu'),
        only_for='`export` and OnnxPose',
    ),
    Part(
        'openvino',
        "'mlpe_mmpose[openvino]'",
        only_for="OnnxPose with backend='openvino'",
    ),
    Part('nncf', "'mlpe_mmpose[int8]'", only_for='`export --int8`'),
    Part(
        'faster-coco-eval',
        "'mlpe_mmpose[eval]'",
        module='faster_coco_eval',
        only_for='`report` and a fast FastCocoMetric',
    ),
    Part(
        'sleap-io',
        "'mlpe_mmpose[import]'",
        module='sleap_io',
        only_for='`import-data` and `export-data`',
    ),
    Part('gradio', "'mlpe_mmpose[web]'", only_for='`web`'),
    Part(
        'norfair-enough',
        "'mlpe_mmpose[track]'",
        module='norfair',
        only_for='`predict --track`',
    ),
    Part(
        'tensorboard',
        "'mlpe_mmpose[watch]'",
        only_for='TensorboardVisBackend',
    ),
    Part(
        'seaborn',
        "'mlpe_mmpose[watch]'",
        only_for="MMPose's analyze_logs",
    ),
    Part('wandb', "'mlpe_mmpose[watch]'", only_for='WandbVisBackend'),
    Part('ray', "'mlpe_mmpose[ray]'", only_for='`predict --engine ray`'),
    Part('pyarrow', "'mlpe_mmpose[ray]'", only_for='`predict --engine ray`'),
)

PART_OF_MODULE = {part.module: part for part in (*PARTS, *OPTIONAL)}


def find_installed(part: Part) -> tuple[str, str] | None:
    """Return name and version of the installed distribution of a part."""
    for name in part.distributions:
        try:
            return name, importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return None


def describe(module: str) -> str:
    """Return a module's distribution and version: 'mmcv-lite 2.1.0'."""
    part = PART_OF_MODULE.get(module) or Part(module, '')
    return ' '.join(find_installed(part) or (module,))


def version(module: str) -> str:
    """Return the version of a module; empty if the version is unknown."""
    return describe(module).partition(' ')[2]


def install_command(part: Part) -> str:
    """Return the command that installs a part and changes no other."""
    of_fork = part.fork and describe('mmengine').startswith('onedl')
    call = part.fork if of_fork else part.install
    if part in OPTIONAL and _has_substitute(part):
        call = f'{part.name} "{ML_DTYPES}"'
    if part.name == 'xtcocotools' and sys.version_info >= (3, 13):
        # its setup.py fails there; the Makefile mends it, unless a file says
        # that everything is set up
        command = 'rm -f .venv/set-up && make setup PYTHON=python{}.{}'
        return command.format(*sys.version_info)
    if part.name == 'xtcocotools' and not version('numpy').startswith('1.'):
        call = f'--no-binary xtcocotools {call}'
    return pip_command(*filter(None, (part.needs, call)))


def _has_substitute(part: Part) -> bool:
    """Whether the extra of a part would install one module twice.

    ``onnxruntime`` beside ``onnxruntime-gpu`` overwrites its files.
    """
    others = [other for other in OPTIONAL if other.install == part.install]
    installed = [find_installed(other) for other in others]
    return any(
        found and found[0] != other.name
        for other, found in zip(others, installed, strict=True)
    )


def pip_command(*calls: str) -> str:
    """Return a shell command of pip calls for the running Python.

    Args:
        calls (str): Arguments of ``pip install``; or of ``pip``, if they
            begin with ``uninstall``
    """
    python = sys.executable
    if python.startswith(os.getcwd() + os.sep):
        python = os.path.relpath(python)
    return ' && '.join(
        f'{shlex.quote(python)} -m pip '
        f'{call if call.startswith("uninstall") else "install " + call}'
        for call in calls
    )
