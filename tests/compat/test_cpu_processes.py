"""Two processes on the CPU do what one with the doubled batch does."""

import contextlib
import copy
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from mmengine.device import get_device
from mmengine.model import MMDistributedDataParallel
from mmengine.model.wrappers import MMFullyShardedDataParallel
from mmengine.registry import RUNNERS
from mmengine.runner import Runner
from processes import run_in_processes
from trainings import CONFIGS, data_options

from mlpe_mmpose.tools.synth.generator import generate_dataset

pytestmark = pytest.mark.skipif(
    get_device() != 'cpu', reason='is for machines without a GPU'
)
BATCH = 4


@pytest.fixture(scope='module')
def people(tmp_path_factory) -> Path:
    """Generated images with an odd number of people to validate on."""
    root = tmp_path_factory.mktemp('people')
    generate_dataset(root, 16, 8, seed=0)
    path = root / 'annotations/person_keypoints_val2017.json'
    content = json.loads(path.read_text())
    content['annotations'] = content['annotations'][:9]
    assert len(content['annotations']) == 9
    path.write_text(json.dumps(content))
    return root


def tiny_runner(
    people: Path,
    work_dir: Path,
    processes: int,
    strategy: str = '',
    load_from: Path | None = None,
) -> Runner:
    """The tiny training, without chance, on batches of one size in all."""
    config = Config.fromfile(CONFIGS / 'mlpe_tiny_synthetic.py')
    config.merge_from_dict(data_options(people))
    config.merge_from_dict(
        {
            'train_cfg.max_epochs': 1,
            'train_dataloader.batch_size': BATCH // processes,
            'train_dataloader.dataset.indices': 3 * BATCH,
            'default_hooks.logger.interval': 1,
            # Adam would turn the rounding of tiny gradients into steps
            'optim_wrapper.optimizer': dict(
                type='SGD', lr=1e-6, _delete_=True
            ),
            'optim_wrapper.clip_grad': dict(max_norm=1e9),
            'custom_hooks': [
                *config.custom_hooks,
                dict(type='EMAHook'),
                dict(type='OHKMPickHook'),
            ],
            'sync_bn': 'torch',
            'randomness': dict(seed=0),
            'val_evaluator.outfile_prefix': str(work_dir / 'results'),
        }
    )
    pipeline = config.train_dataloader.dataset.pipeline
    config.train_dataloader.dataset.pipeline = [
        step for step in pipeline if 'Random' not in step['type']
    ]
    config.launcher = 'pytorch' if processes > 1 else 'none'
    config.work_dir = str(work_dir)
    config.experiment_name = work_dir.name
    if strategy:
        config.runner_type = 'FlexibleRunner'
        config.strategy = dict(type=strategy)
        # each strategy builds the network at another moment
        config.load_from = str(load_from)
        # what MMEngine does to parameters as if they were whole
        del config.optim_wrapper.clip_grad
        config.custom_hooks = [
            hook for hook in config.custom_hooks if hook['type'] != 'EMAHook'
        ]
    if strategy == 'FSDPStrategy':
        config.strategy.state_dict_cfg = 'full'
    return RUNNERS.build(config)


def gradients_of(
    runner: Runner, wrapper: type = MMDistributedDataParallel
) -> dict:
    """The gradients of the first batch, in float64.

    In float32 the rounding of sums in another order grows to 1e-3 of the
    largest gradient, from layer to layer and at small batches.
    """
    model = copy.deepcopy(getattr(runner.model, 'module', runner.model))
    wrapped = model.double()
    if runner.distributed:
        wrapped = wrapper(module=model)
    # the second pass would fail if a parameter had no gradient in the first
    for _ in range(2):
        data = next(iter(runner.train_dataloader))
        data = model.data_preprocessor(data, training=True)
        data['inputs'] = data['inputs'].double()
        model.zero_grad()
        losses = wrapped(**data, mode='loss')
        model.parse_losses(losses)[0].backward()
    whole = contextlib.nullcontext()
    if wrapper is MMFullyShardedDataParallel:
        whole = wrapper.summon_full_params(wrapped, with_grads=True)
    with whole:
        return {name: p.grad.clone() for name, p in model.named_parameters()}


def train(people: Path, work_dir: Path, processes: int) -> dict:
    """Take the gradients of the first batch, then train and validate."""
    runner = tiny_runner(people, work_dir, processes)
    gradients = gradients_of(runner)
    runner.train()
    return gradients


@pytest.fixture(scope='module')
def one_and_two(people, tmp_path_factory) -> Iterator[tuple[Path, Path, list]]:
    """The work folders, and the gradients, of both trainings."""
    root = tmp_path_factory.mktemp('trained')
    folders = root / 'one', root / 'two'
    results = [
        run_in_processes(train, root, number, people, folder, number)
        for number, folder in enumerate(folders, 1)
    ]
    return *folders, results


def test_gradients_are_those_of_one_process_with_the_doubled_batch(
    one_and_two,
):
    *_, ((one,), two) = one_and_two
    for rank in two:
        torch.testing.assert_close(rank, one, rtol=1e-8, atol=1e-8)


def scalars(folder: Path) -> list[dict]:
    (path,) = folder.rglob('scalars.json')
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_the_values_of_the_log_are_those_of_one_process(one_and_two):
    check_scalars(*one_and_two[:2])


def check_scalars(one: Path, two: Path) -> None:
    """The logs have the same values."""
    pairs = list(zip(scalars(one), scalars(two), strict=True))
    assert len(pairs) == 5  # three steps, picks of OHKM, a validation
    for wanted, found in pairs:
        assert wanted.keys() == found.keys()
        for name, value in wanted.items():
            if name == 'acc_pose':
                # an average over keypoints that not every process has
                assert found[name] == pytest.approx(value, abs=0.02)
            elif 'time' not in name and name != 'memory':
                # the gradients differ by the rounding of float32
                rel = 1e-4 if name == 'grad_norm' else 1e-5
                assert found[name] == pytest.approx(value, rel=rel), name


def check_saved(one: Path, two: Path) -> None:
    """The checkpoints and the picks of OHKM are the same."""
    states = [
        torch.load(folder / 'epoch_1.pth', weights_only=True)
        for folder in (one, two)
    ]
    for key in {'state_dict', 'ema_state_dict'} & states[1].keys():
        # MMEngine's DDPStrategy and EMAHook save the wrapper with the model
        wanted, found = (
            {name.removeprefix('module.'): v for name, v in state[key].items()}
            for state in states
        )
        torch.testing.assert_close(found, wanted, rtol=1e-4, atol=1e-5)
    picks = [
        json.loads((folder / 'ohkm_picks.json').read_text())['epochs'][0]
        for folder in (one, two)
    ]
    assert picks[0] == picks[1]


def test_what_is_saved_is_what_one_process_saves(one_and_two):
    check_saved(*one_and_two[:2])


def test_each_of_an_odd_number_of_people_counts_once(one_and_two):
    ones, twos = (
        json.loads((folder / 'results.keypoints.json').read_text())
        for folder in one_and_two[:2]
    )
    assert len(ones) == len(twos) == 9
    for one, two in zip(ones, twos, strict=True):
        assert two['image_id'] == one['image_id']
        assert two['keypoints'] == pytest.approx(one['keypoints'], abs=1e-2)


def sharded_gradients(people: Path, work_dir: Path) -> dict:
    runner = tiny_runner(people, work_dir, 2)
    return gradients_of(runner, MMFullyShardedDataParallel)


def train_by(*args: object) -> None:
    tiny_runner(*args).train()


@pytest.mark.long
def test_gradients_of_a_sharded_model_are_those_of_one_process(
    one_and_two, people, tmp_path
):
    *_, ((one,), _) = one_and_two
    for rank in run_in_processes(
        sharded_gradients, tmp_path, 2, people, tmp_path / 'run'
    ):
        torch.testing.assert_close(rank, one, rtol=1e-8, atol=1e-8)


@pytest.mark.long
def test_a_sharded_training_logs_and_saves_what_an_unsharded_does(
    one_and_two, people, tmp_path
):
    weights = one_and_two[0] / 'epoch_1.pth'
    folders = []
    # MMEngine's strategy for FSDP leaves out `sync_bn`
    for kind in ('DDPStrategy', 'FSDPStrategy'):
        folders.append(tmp_path / kind)
        args = people, folders[-1], 2, kind, weights
        run_in_processes(train_by, tmp_path, 2, *args)
    check_scalars(*folders)
    check_saved(*folders)
