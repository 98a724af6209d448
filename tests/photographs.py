"""Where a small piece of real COCO lies."""

import os
from pathlib import Path

import pytest

COCO = Path(
    os.environ.get(
        'COCO_MINI', Path(__file__).parents[2] / 'shared' / 'coco_mini'
    )
)
needs_photographs = pytest.mark.skipif(
    not COCO.is_dir(),
    reason='no small piece of COCO: set COCO_MINI to a folder with COCO '
    f'2017 layout ({COCO} is missing)',
)
