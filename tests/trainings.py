"""What tests need that train and test through `mim`."""

import re
import sys
from pathlib import Path

CONFIGS = Path(__file__).parents[1] / 'configs'
AP_LINE = re.compile(r'coco/AP: (-?[\d.]+)')


def command(verb: str, config: str, *args: object) -> list[str]:
    """Return the call `mim VERB mmpose CONFIG ...` of this environment."""
    path = str(CONFIGS / config)
    mim = [sys.executable, '-m', 'mim', verb, 'mmpose', path]
    return mim + [str(arg) for arg in args]


def last_ap(output: str) -> float:
    """Return the AP that a run has logged last."""
    return float(AP_LINE.findall(output)[-1])


def data_options(root: Path) -> dict[str, object]:
    """Return options that give a config a data set of COCO's layout."""
    options = {}
    for split in ('train', 'val', 'test'):
        options[f'{split}_dataloader.dataset.data_root'] = f'{root}/'
        options[f'{split}_dataloader.num_workers'] = 0
        options[f'{split}_dataloader.persistent_workers'] = False
    ann_file = f'{root}/annotations/person_keypoints_val2017.json'
    for split in ('val', 'test'):
        options[f'{split}_evaluator.ann_file'] = ann_file
    return options


def as_arguments(options: dict[str, object]) -> list[str]:
    """Return options as `--cfg-options key=value ...`."""
    return [
        '--cfg-options',
        *(f'{key}={value}' for key, value in options.items()),
    ]
