"""Functions and classes that a script may call.

They use a trained model, or do the work of a verb of the command line.
"""

import importlib

# Importing `registration` first puts the stand-in for mmcv's operators in
# place before the modules below import mmpose.
from .. import registration  # noqa: F401
from .fuse import fuse
from .level_heatmaps import LevelHeatmaps, predict_heatmaps
from .predictor import Predictor

# The work of the verbs: name -> module. A module is imported when its name is
# first asked for, because the tools stand above this folder and may import it.
_TOOLS = {
    'PoseModel': 'predict.pose_model',
    'RayJob': 'predict.ray_job',
    'People': 'predict.people',
    'build_detector': 'build_detector',
    'check_data': 'check_data.check_data',
    'checkup': 'doctor.checkup',
    'compare': 'compare.comparison',
    'convert_checkpoint': 'convert.convert_checkpoint',
    'convert_state_dict': 'convert.convert_checkpoint',
    'copy_config': 'configs.shipped_configs',
    'detect_boxes': 'detect_boxes.detect_boxes',
    'diagnose': 'report.diagnosis.diagnose',
    'export_data': 'export_data.export_data',
    'export_onnx': 'export.export_onnx',
    'generate_dataset': 'synth.generator',
    'import_data': 'import_data.import_data',
    'init_dataset': 'init_dataset.init_dataset',
    'list_configs': 'configs.shipped_configs',
    'pack_results': 'pack.pack_results',
    'predict_files': 'predict.predict_files',
    'predict_with_ray': 'predict.ray_engine',
    'run_demo': 'demo.run_demo',
    'serve_page': 'web.serve_page',
    'write_report': 'report.write_report',
}

__all__ = ['LevelHeatmaps', 'Predictor', 'fuse', 'predict_heatmaps', *_TOOLS]


def __getattr__(name: str) -> object:
    """Import the work of a verb when it is asked for."""
    if name not in _TOOLS:
        raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
    module = importlib.import_module(f'mlpe_mmpose.tools.{_TOOLS[name]}')
    return getattr(module, name)


def __dir__() -> list[str]:
    """List the names, whether their modules have been imported or not."""
    return sorted({*globals(), *__all__})
