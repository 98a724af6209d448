"""The parts of the stack: their modules, distributions and installation."""

import importlib.metadata
import os
import shlex
import sys
from typing import NamedTuple


class Part(NamedTuple):
    """One part of the stack that MLPE trains on.

    Args:
        name (str): Common name
        module (str): Name of the module that Python imports
        distributions (tuple[str]): All distributions that contain the
            module, the pinned one first
        install (tuple[str]): Arguments of ``pip install``, one string a call
        fork (tuple[str]): The same for an environment of the onedl fork;
            empty if the fork has no such distribution
        only_for (str): The feature that needs the part; empty if training
            needs it
    """

    name: str
    module: str
    distributions: tuple[str, ...]
    install: tuple[str, ...]
    fork: tuple[str, ...] = ()
    only_for: str = ''


# From 70.1 on setuptools builds wheels alone; 81 has no pkg_resources.
BUILD_TOOL = 'setuptools>=70.1,<81'

# Every part needs only parts above it. The versions are those of
# requirements.txt (a test compares them) and the last releases of the fork.
PARTS = (
    Part('numpy', 'numpy', ('numpy',), ('numpy==1.26.4',)),
    Part(
        'torch',
        'torch',
        ('torch',),
        ('torch==2.11.0 torchvision==0.26.0',),
    ),
    Part(
        'torchvision',
        'torchvision',
        ('torchvision',),
        ('torch==2.11.0 torchvision==0.26.0',),
    ),
    Part(
        'opencv',
        'cv2',
        (
            'opencv-python-headless',
            'opencv-python',
            'opencv-contrib-python',
            'opencv-contrib-python-headless',
        ),
        ('--no-deps opencv-python-headless==4.11.0.86',),
    ),
    Part(
        'mmengine',
        'mmengine',
        ('mmengine', 'onedl-mmengine', 'mmengine-lite'),
        (
            '--no-deps mmengine==0.10.7',
            'addict matplotlib rich termcolor yapf',
        ),
        ('--no-deps onedl-mmengine==0.10.12', 'addict rich termcolor yapf'),
    ),
    Part(
        'mmcv',
        'mmcv',
        ('mmcv-lite', 'mmcv', 'onedl-mmcv', 'mmcv-full'),
        ('--no-deps mmcv-lite==2.1.0', 'addict packaging pillow pyyaml yapf'),
        ('--no-deps onedl-mmcv==2.3.6', 'addict packaging pillow yapf'),
    ),
    Part(
        'xtcocotools',
        'xtcocotools',
        ('xtcocotools',),
        # Its wheels are for numpy 1 and for Python 3.11 at most; elsewhere
        # pip compiles it.
        (
            f'cython matplotlib "{BUILD_TOOL}"',
            '--no-deps --no-build-isolation xtcocotools==1.14.3',
        ),
    ),
    Part(
        'mmdet',
        'mmdet',
        ('mmdet', 'onedl-mmdetection'),
        (
            '--no-deps mmdet==3.3.0',
            'pycocotools scipy shapely six terminaltables tqdm',
        ),
        (
            '--no-deps onedl-mmdetection==3.5.1',
            'pycocotools scipy shapely six terminaltables tqdm',
        ),
    ),
    Part(
        'mmpretrain',
        'mmpretrain',
        ('mmpretrain', 'onedl-mmpretrain'),
        (
            '--no-deps mmpretrain==1.2.0',
            'einops importlib-metadata mat4py modelindex rich',
        ),
        (
            '--no-deps onedl-mmpretrain==1.3.6',
            'einops importlib-metadata mat4py modelindex rich',
        ),
        only_for='backbones of mmpretrain',
    ),
    Part(
        'mmpose',
        'mmpose',
        ('mmpose',),
        # mmpose requires chumpy, which cannot be built and is not imported
        ('--no-deps mmpose==1.3.2', 'json-tricks munkres scipy matplotlib'),
    ),
    Part(
        'openmim',
        'mim',
        ('openmim', 'onedl-mim'),
        # openmim requires opendatalab, which pins old releases of the stack
        (
            '--no-deps openmim==0.3.9',
            'click colorama model-index pandas requests rich tabulate '
            '"setuptools<81"',
        ),
    ),
)

# onnx requires ml_dtypes, which requires numpy 2 from version 0.6 on.
ML_DTYPES = 'ml_dtypes<0.6'

# Packages of single features, as in the extras of pyproject.toml. A test
# compares both, and checks that no extra names a part of the stack.
OPTIONAL = (
    Part(
        'onnx',
        'onnx',
        ('onnx',),
        ("'mlpe_mmpose[export]'",),
        only_for='`export`',
    ),
    Part(
        'onnxscript',
        'onnxscript',
        ('onnxscript',),
        ("'mlpe_mmpose[export]'",),
        only_for='`export`',
    ),
    Part(
        'onnxruntime',
        'onnxruntime',
        ('onnxruntime', 'onnxruntime-gpu'),
        ("'mlpe_mmpose[export]'",),
        only_for='`export` and OnnxPose',
    ),
    Part(
        'faster-coco-eval',
        'faster_coco_eval',
        ('faster-coco-eval',),
        ("'mlpe_mmpose[eval]'",),
        only_for='`report` and a fast FastCocoMetric',
    ),
)

PART_OF_MODULE = {part.module: part for part in (*PARTS, *OPTIONAL)}


def found(part: Part) -> tuple[str, str] | None:
    """Return name and version of the installed distribution of a part."""
    for name in part.distributions:
        try:
            return name, importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return None


def describe(module: str) -> str:
    """Return a module's distribution and version: 'mmcv-lite 2.1.0'."""
    part = PART_OF_MODULE.get(module)
    installed = found(part) if part else None
    if installed is None:
        try:
            installed = module, importlib.metadata.version(module)
        except importlib.metadata.PackageNotFoundError:
            return module
    return ' '.join(installed)


def version(module: str) -> str:
    """Return the version of a module; empty if the version is unknown."""
    return describe(module).partition(' ')[2]


def install(part: Part) -> str:
    """Return the command that installs a part and changes no other."""
    of_fork = part.fork and describe('mmengine').startswith('onedl')
    calls = part.fork if of_fork else part.install
    if part in OPTIONAL and _has_substitute(part):
        calls = (f'{part.name} "{ML_DTYPES}"',)
    if part.name == 'xtcocotools' and not version('numpy').startswith('1.'):
        calls = tuple(
            call.replace('--no-deps', '--no-deps --no-binary xtcocotools')
            for call in calls
        )
    return pip(*calls)


def _has_substitute(part: Part) -> bool:
    """Whether the extra of a part would install one module twice.

    ``onnxruntime`` beside ``onnxruntime-gpu`` overwrites its files.
    """
    extra = [other for other in OPTIONAL if other.install == part.install]
    return any(
        (found(other) or (other.name,))[0] != other.name for other in extra
    )


def pip(*calls: str) -> str:
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
