"""Three images with a beast in each, as a COCO annotation file."""

import json
from pathlib import Path

import numpy as np
from mmengine.config import Config
from mmengine.runner import Runner

from mlpe_mmpose.tools.init_dataset.init_dataset import init_dataset

NAMES = ['snout', 'EarL', 'EarR', 'left hip', 'tail_base']


def annotations(flag: int = 2, names: list[str] = NAMES) -> dict:
    """The content of the file."""
    random = np.random.default_rng(0)
    people = [
        dict(
            id=i + 1,
            image_id=i,
            category_id=4,
            bbox=[10, 10, 80, 60],
            area=4800,
            iscrowd=0,
            num_keypoints=len(names),
            keypoints=[
                value
                for x, y in random.uniform(15, 65, (len(names), 2))
                for value in (x, y, flag)
            ],
        )
        for i in range(3)
    ]
    people[0]['keypoints'][2:15:3] = [1, 1, 0, 1, 1]
    category = dict(
        id=4, name='beast', keypoints=names, skeleton=[[1, 2], [2, 3], [4, 5]]
    )
    images = [
        dict(id=i, file_name=f'{i}.jpg', width=100, height=80)
        for i in range(3)
    ]
    return dict(images=images, annotations=people, categories=[category])


def change(*changes: tuple[str, object]) -> dict:
    """The content with entries replaced, or removed where the value is ...

    ``('annotations.1.area', ...)`` removes the area of the second annotation.
    """
    content = annotations()
    for path, value in changes:
        *way, last = (
            int(step) if step.isdigit() else step for step in path.split('.')
        )
        place = content
        for step in way:
            place = place[step]
        if value is ...:
            del place[last]
        else:
            place[last] = value
    return content


def write(folder: Path, content: object, name: str = 'beasts') -> Path:
    path = folder / f'{name}.json'
    text = content if isinstance(content, str) else json.dumps(content)
    path.write_text(text)
    return path


def init(folder: Path, **kwargs) -> tuple[Path, Path]:
    """Metainfo and config for ``beasts.json``, on the smallest base."""
    return init_dataset(
        folder / 'beasts.json',
        folder / 'images',
        folder / 'new',
        **{'base': 'mlpe_tiny_synthetic.py', 'say': str, **kwargs},
    )


def train(path: Path, work_dir: Path) -> Runner:
    """Train for an epoch of one step, and validate."""
    # MMEngine writes the config into its log, and formats it for seconds
    content = Config.fromfile(path).to_dict()
    config = Config(content, format_python_code=False)
    config.train_cfg.update(max_epochs=1, val_interval=1)
    config.work_dir = str(work_dir)
    for split in ('train', 'val', 'test'):
        config[f'{split}_dataloader'].update(
            num_workers=0, persistent_workers=False
        )
    config.experiment_name = work_dir.parent.name
    config.log_level = 'ERROR'
    runner = Runner.from_cfg(config)
    runner.train()
    assert (work_dir / 'epoch_1.pth').exists()
    assert list(work_dir.glob('best_coco_AP*'))
    return runner
