"""Puts the configs where OpenMMLab's tools look for them, in ``.mim/``.

``mim search`` and ``_base_ = 'mlpe_mmpose::...'`` look into the installed
package, in ``.mim/``. A top-level ``configs/`` in site-packages would break
the lookups of every other OpenMMLab package.
"""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

FILES = ('configs', 'benchmarks', 'model-index.yml')


class BuildWithConfigs(build_py):
    """Copies `FILES` into the built package, from the checkout's root."""

    def run(self) -> None:
        super().run()
        # an editable install is the checkout itself
        if not self.editable_mode:
            for source, target in self._copies():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target)

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        copied = [str(target) for _, target in self._copies()]
        return super().get_outputs(include_bytecode) + copied

    def _copies(self) -> list[tuple[Path, Path]]:
        """From where to where each file goes."""
        mim = Path(self.build_lib, 'mlpe_mmpose', '.mim')
        sources = []
        for name in FILES:
            found = Path(name)
            sources += found.rglob('*.*') if found.is_dir() else [found]
        return [
            (source, mim / source)
            for source in sources
            if source.suffix in ('.py', '.yml', '.md')
        ]


setup(cmdclass={'build_py': BuildWithConfigs})
