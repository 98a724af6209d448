"""Puts what OpenMMLab's tools look for into ``mlpe_mmpose/.mim/``.

``mim train mlpe_mmpose CONFIG``, ``mim run`` and ``mim search`` look for
configs, scripts and ``model-index.yml`` in that folder of the installed
package. A wheel gets copies, an editable install gets symbolic links. A
top-level ``configs/`` or ``tools/`` in site-packages would break the look-ups
of every other OpenMMLab package.
"""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py
from setuptools.command.editable_wheel import editable_wheel

ROOT = Path(__file__).resolve().parent
SHIPPED = ('configs', 'benchmarks', 'model-index.yml')
SUFFIXES = ('.py', '.yml', '.md')

# MMPose's scripts in its own `.mim/tools/`, but for two that import functions
# of MMPose 0.x. Each gets a script of the same name here, which imports this
# package first: `mim run` wants files.
TOOLS = {
    '.': ('train', 'test'),
    'analysis_tools': ('analyze_logs', 'get_flops', 'print_config'),
    'misc': (
        *('browse_dataset', 'generate_bbox_file', 'pth_transfer'),
        'publish_model',
    ),
    'torchserve': ('mmpose2torchserve',),
    'dataset_converters': (
        *('300vw2coco', '300wlp2coco', 'h36m_to_coco', 'labelstudio2coco'),
        *('lapa2coco', 'mat2json', 'parse_animalpose_dataset'),
        *('parse_cofw_dataset', 'parse_deepposekit_dataset'),
        *('parse_macaquepose_dataset', 'preprocess_h36m'),
        *('preprocess_mpi_inf_3dhp', 'ubody_kpts_to_coco'),
        *('ubody_smplx_to_coco', 'wflw2coco'),
    ),
}
SCRIPT = '''"""MMPose's script of this name, run with mlpe_mmpose imported."""

from mlpe_mmpose.tools.mmpose_tools import run_mmpose_tool

# processes that PyTorch starts by `spawn` import this file once more
if __name__ == '__main__':
    run_mmpose_tool({name!r})
'''


class BuildWithMim(build_py):
    """Fills ``.mim/`` of the built package, or of the checkout."""

    def run(self) -> None:
        super().run()
        package = ROOT if self.editable_mode else Path(self.build_lib)
        mim = package / 'mlpe_mmpose/.mim'
        try:
            self._fill(mim)
        except OSError as error:
            if not self.editable_mode:
                raise
            self.warn(
                f'{mim} could not be written ({error}). All works but `mim '
                'train mlpe_mmpose`, `mim run` and `mim search`.'
            )

    def _fill(self, mim: Path) -> None:
        """Make the folder anew: scripts, and copies or links."""
        if mim.exists():
            shutil.rmtree(mim)
        for folder, names in TOOLS.items():
            (mim / 'tools' / folder).mkdir(parents=True, exist_ok=True)
            for name in names:
                path = Path(folder, f'{name}.py')
                text = SCRIPT.format(name=path.as_posix())
                (mim / 'tools' / path).write_text(text)
        _write_names(mim / 'names')
        for name in SHIPPED:
            if self.editable_mode:
                (mim / name).symlink_to(Path('../..', name))
            else:
                _copy(ROOT / name, mim / name)


class EditableWheelForMim(editable_wheel):
    """Tells mim where the checkout's package is.

    mim joins site-packages with the package's name, where an editable install
    has no folder, or else with the first line of ``top_level.txt``.
    """

    def _ensure_dist_info(self) -> None:
        super()._ensure_dist_info()
        names = f'{ROOT / "mlpe_mmpose"}\nmlpe_mmpose\n'
        Path(self.dist_info_dir, 'top_level.txt').write_text(names)


def _write_names(folder: Path) -> None:
    """Let mim find configs by their names without ``.py``.

    mim looks for a file of exactly the name that a user has typed. Each file
    here has such a name, and holds the path of the config below ``configs/``.
    """
    folder.mkdir()
    configs = ROOT / 'configs'
    for path in configs.rglob('*.py'):
        if path.parent.name != '_base_':
            relative = path.relative_to(configs).as_posix()
            (folder / path.stem).write_text(relative)


def _copy(source: Path, target: Path) -> None:
    """Copy a file, or the texts of a folder."""
    if source.is_dir():
        for path in source.iterdir():
            _copy(path, target / path.name)
    elif source.suffix in SUFFIXES:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)


setup(
    cmdclass={
        'build_py': BuildWithMim,
        'editable_wheel': EditableWheelForMim,
    }
)
