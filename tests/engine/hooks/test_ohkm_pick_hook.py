"""Which keypoints were hard stays known, through resuming and compiling."""

import json
from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from mmengine.runner import Runner
from torch.utils.data import DataLoader, Subset

from mlpe_mmpose.tools.synth.generator import generate_dataset

TINY = Path(__file__).parents[3] / 'configs/mlpe_tiny_synthetic.py'
TOPK = 3


@pytest.fixture(scope='module')
def data_root(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp('people')
    generate_dataset(folder, 10, 2, seed=0)
    return folder


def train(
    data_root: Path,
    work_dir: Path,
    epochs: int,
    people: int | None = None,
    **options,
) -> dict:
    config = Config.fromfile(TINY)
    config.work_dir, config.experiment_name = str(work_dir), work_dir.name
    config.train_cfg.update(max_epochs=epochs, val_interval=100)
    config.randomness = dict(seed=0)
    config.model.backbone.base_channels = 8
    config.model.neck.update(in_channels=(8, 16, 32, 64), out_channels=8)
    config.model.head.in_channels = 8
    config.model.head.refine_loss = dict(type='MLPEOHKMLoss', topk=TOPK)
    for split in ('train', 'val', 'test'):
        config[f'{split}_dataloader'].dataset.data_root = str(data_root)
    for split in ('val', 'test'):
        config[f'{split}_evaluator'].ann_file = str(
            data_root / 'annotations/person_keypoints_val2017.json'
        )
    config.custom_hooks = [dict(type='OHKMPickHook')]
    config.merge_from_dict(options)
    torch.manual_seed(0)
    runner = Runner.from_cfg(config)
    if people is not None:
        whole = Runner.build_dataloader(config.train_dataloader)
        runner._train_dataloader = DataLoader(
            Subset(whole.dataset, range(people)),
            people,
            collate_fn=whole.collate_fn,
        )
    runner.train()
    people = len(runner.train_dataloader.dataset)
    content = json.loads((work_dir / 'ohkm_picks.json').read_text())
    return content | dict(people=people)


def test_every_person_has_its_hardest_counted_once_an_epoch(
    data_root, tmp_path
):
    found = train(data_root, tmp_path / 'run', 2)
    assert found['keypoints'][:2] == ['nose', 'left_eye']
    assert [epoch['epoch'] for epoch in found['epochs']] == [1, 2]
    for epoch in found['epochs']:
        # nearly everybody has three keypoints in the crop
        assert 0.8 * TOPK < sum(epoch['picked']) / found['people'] <= TOPK
        for picked, labelled in zip(
            epoch['picked'], epoch['labelled'], strict=True
        ):
            assert 0 <= picked <= labelled <= found['people']


def test_of_two_such_losses_that_of_the_refined_heatmaps_is_recorded(
    data_root, tmp_path
):
    level_loss = {'model.head.level_loss': dict(type='MLPEOHKMLoss', topk=1)}
    found = train(data_root, tmp_path / 'run', 1, **level_loss)
    # the loss of the levels picks one keypoint of a person
    (epoch,) = found['epochs']
    assert sum(epoch['picked']) > 0.8 * TOPK * found['people']


def test_a_resumed_training_goes_on_with_the_file(data_root, tmp_path):
    whole = train(data_root, tmp_path / 'whole', 3)
    train(data_root, tmp_path / 'parts', 2)
    first = torch.load(tmp_path / 'parts/epoch_1.pth')['meta']['epoch']
    assert first == 1
    # back to the end of epoch 1, though the file has 2
    parts = train(
        data_root,
        tmp_path / 'parts',
        3,
        load_from=str(tmp_path / 'parts/epoch_1.pth'),
        resume=True,
    )
    # the augmentation of later epochs is another: it has no seed of its own
    assert [epoch['epoch'] for epoch in parts['epochs']] == [1, 2, 3]
    assert parts['epochs'][0] == whole['epochs'][0]


def test_a_file_that_begins_at_a_later_epoch_has_each_epoch_once(
    data_root, tmp_path
):
    folder = tmp_path / 'run'
    whole = train(data_root, folder, 3)
    # as if the hook had been added when epoch 2 began, and the training had
    # stopped in epoch 3, of which there is no checkpoint
    later = dict(keypoints=whole['keypoints'], epochs=whole['epochs'][1:])
    (folder / 'ohkm_picks.json').write_text(json.dumps(later))
    more = dict(load_from=str(folder / 'epoch_2.pth'), resume=True)
    found = train(data_root, folder, 3, **more)
    assert [epoch['epoch'] for epoch in found['epochs']] == [2, 3]


def test_keypoints_that_a_transform_has_changed_have_numbers(
    data_root, tmp_path
):
    pairs = [(i, i) for i in range(5)]
    convert = dict(type='KeypointConverter', num_keypoints=5, mapping=pairs)
    pipeline = Config.fromfile(TINY).train_dataloader.dataset.pipeline
    place = [step['type'] for step in pipeline].index('TopdownAffine')
    pipeline = [*pipeline[:place], convert, *pipeline[place:]]
    more = {
        'train_dataloader.dataset.pipeline': pipeline,
        'model.head.out_channels': 5,
        **dict.fromkeys(('val_cfg', 'val_dataloader', 'val_evaluator')),
    }
    found = train(data_root, tmp_path / 'run', 1, **more)
    assert found['keypoints'] == ['0', '1', '2', '3', '4']
    assert len(found['epochs'][0]['picked']) == 5


def test_keypoints_of_a_subset_of_pytorch_have_numbers(data_root, tmp_path):
    found = train(data_root, tmp_path / 'run', 1, people=2)
    assert found['people'] == 2
    assert found['keypoints'] == [*map(str, range(17))]


def test_a_model_without_the_loss_is_refused(data_root, tmp_path):
    with pytest.raises(ValueError, match='OHKMPickHook needs a model with'):
        train(
            data_root,
            tmp_path / 'run',
            1,
            **{'model.head.refine_loss.type': 'KeypointOHKMMSELoss'},
        )
