"""Configs of MMEngine's newer style, whose types are imported classes."""

from pathlib import Path

from mmengine.config import Config

MODULES = {
    'TopdownPoseEstimator': 'mmpose.models',
    'MLPENeck': 'mlpe_mmpose.models.necks',
    'MLPEHead': 'mlpe_mmpose.models.heads',
    'MLPEOHKMLoss': 'mlpe_mmpose.models.losses',
    'MLPEHeatmap': 'mlpe_mmpose.codecs',
    'CheckedLoadImage': 'mlpe_mmpose.datasets.transforms',
    'MarkOccludedKeypoints': 'mlpe_mmpose.datasets.transforms',
    'TopdownAffine': 'mmpose.datasets.transforms',
    'PackPoseInputs': 'mmpose.datasets.transforms',
}


def write_with_classes(config: Path, path: Path) -> Path:
    """Copy a config, with classes in the place of the names above."""
    text = Config.fromfile(config).pretty_text
    imports = ''
    for name, module in MODULES.items():
        if f"type='{name}'" in text:
            text = text.replace(f"type='{name}'", f'type={name}')
            imports += f'from {module} import {name}\n'
    path.write_text(imports + text)
    return path


def write_with_paths(config: Path, path: Path) -> Path:
    """Write what a training of the config with classes leaves in its folder.

    The types are dotted paths there.
    """
    classes = write_with_classes(config, path.with_name('with_classes.py'))
    Config.fromfile(classes).dump(path)
    return path


STYLES = (write_with_classes, write_with_paths)
