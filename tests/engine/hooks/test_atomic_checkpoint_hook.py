"""Trainings that are killed while they write, and what is left of them."""

import io
import os
import shutil
import signal
from pathlib import Path

import pytest
import torch
from killed import FileLimit, KillAround, exit_status
from line_training import SAFE, LineModel, line_runner, state_of
from mmengine.evaluator import BaseMetric
from torch.utils.data import DataLoader

from mlpe_mmpose.tools.training_progress import count_epochs

EPOCHS = 4


class RisingScore(BaseMetric):
    """A metric that is better after every epoch."""

    score = 0

    def process(self, data_batch, data_samples):
        self.results.append(0)

    def compute_metrics(self, results):
        RisingScore.score += 1
        return dict(score=self.score)


class ValidatedModel(LineModel):
    """A line whose validation costs nothing."""

    def forward(self, x, y, mode='tensor'):
        return [x] if mode == 'predict' else super().forward(x, y, mode)


def train(work_dir: Path, *hooks: object, **kwargs: object) -> None:
    runner = line_runner(work_dir, EPOCHS, hooks=SAFE, noise=1, **kwargs)
    for hook in hooks:
        runner.register_hook(hook)
    runner.train()


def train_keeping(
    work_dir: Path, best: bool, *hooks: object, epochs: int = EPOCHS, **kwargs
) -> None:
    """Train with one checkpoint, and the best one if that is asked for."""
    options = dict(SAFE['checkpoint'], max_keep_ckpts=1)
    validation = {}
    if best:
        options.update(save_best='score', rule='greater')
        line = line_runner(work_dir / 'line', epochs).train_dataloader.dataset
        validation = dict(
            val_dataloader=DataLoader(line, batch_size=8),
            val_cfg=dict(),
            val_evaluator=[RisingScore()],
        )
    runner = line_runner(
        work_dir,
        epochs,
        hooks=dict(SAFE, checkpoint=options),
        model=ValidatedModel,
        **validation,
        **kwargs,
    )
    for hook in hooks:
        runner.register_hook(hook)
    runner.train()


def best_of(work_dir: Path) -> list[str]:
    """Return the names of the best checkpoints of a folder."""
    return [path.name for path in work_dir.glob('best_*')]


@pytest.fixture(scope='module')
def unbroken(tmp_path_factory) -> dict:
    """The last checkpoint of a training that nobody stopped."""
    work_dir = tmp_path_factory.mktemp('unbroken')
    assert exit_status(train, work_dir) == 0
    return state_of(work_dir / f'epoch_{EPOCHS}.pth')


def size_of(checkpoint: dict) -> int:
    """Return the bytes of a checkpoint's file."""
    buffer = io.BytesIO()
    torch.save(checkpoint, buffer)
    return buffer.tell()


def assert_resumes_to_the_same_end(work_dir: Path, unbroken: dict) -> None:
    assert exit_status(resume, work_dir) == 0
    found = state_of(work_dir / f'epoch_{EPOCHS}.pth')
    for name, value in unbroken['state_dict'].items():
        assert torch.equal(found['state_dict'][name], value)
    losses = [
        state['message_hub']['log_scalars']['train/loss']['log_history']
        for state in (found, unbroken)
    ]
    assert torch.equal(*losses)
    # neither an unfinished file nor one too many
    names = {path.name for path in work_dir.glob('epoch_*')}
    assert names == {f'epoch_{EPOCHS - 1}.pth', f'epoch_{EPOCHS}.pth'}


def resume(work_dir: Path, *hooks: object) -> None:
    train(work_dir, *hooks, resume=True)


@pytest.mark.parametrize('share', [0.6, 0.9])
def test_a_process_killed_inside_the_writing_leaves_the_last_checkpoint(
    tmp_path, unbroken, share
):
    size = int(share * size_of(unbroken))
    hook = FileLimit(3, size, kill=True)
    run = tmp_path / 'run'
    assert exit_status(train, run, hook) == -signal.SIGXFSZ
    assert (run / 'epoch_3.pth.tmp').stat().st_size == size
    assert not (run / 'epoch_3.pth').exists()
    assert (run / 'last_checkpoint').read_text() == str(run / 'epoch_2.pth')
    assert count_epochs(run) == 2
    assert_resumes_to_the_same_end(run, unbroken)


@pytest.mark.parametrize(
    ('moment', 'epochs'),
    [
        (('replace', 'epoch_3', True), 2),
        (('replace', 'epoch_3', False), 2),
        # the file of the first epoch is one too many after the third
        (('remove', 'epoch_1', True), 3),
        (('remove', 'epoch_1', False), 3),
    ],
    ids=['before renaming', 'renamed', 'before removing', 'removed'],
)
def test_a_process_killed_between_two_steps_resumes_at_most_an_epoch_earlier(
    tmp_path, unbroken, moment, epochs
):
    assert exit_status(train, tmp_path, KillAround(*moment)) == -signal.SIGKILL
    assert count_epochs(tmp_path) == epochs
    assert_resumes_to_the_same_end(tmp_path, unbroken)


@pytest.mark.parametrize('best', [False, True])
def test_the_only_checkpoint_is_there_until_the_next_is_complete(
    tmp_path, best
):
    part = 'best_score_epoch_3' if best else 'epoch_3'
    hook = KillAround('replace', part, before=True)
    status = exit_status(train_keeping, tmp_path, best, hook)
    assert status == -signal.SIGKILL
    kept = tmp_path / ('best_score_epoch_2.pth' if best else 'epoch_2.pth')
    assert state_of(kept)['state_dict']


def test_of_the_best_checkpoints_the_last_is_kept(tmp_path):
    assert exit_status(train_keeping, tmp_path, True) == 0
    names = {path.name for path in tmp_path.glob('*.pth')}
    last = f'epoch_{EPOCHS}.pth'
    assert names == {last, f'best_score_{last}'}


def test_on_a_full_disk_the_training_says_what_is_complete(tmp_path, unbroken):
    hook = FileLimit(3, size_of(unbroken) // 2, kill=False)
    errors = tmp_path / 'errors'
    assert exit_status(train, tmp_path, hook, errors=errors) == 1
    message = errors.read_text().splitlines()[-1]
    assert 'File too large. The checkpoints that are there are' in message
    assert 'Free space, or have --work-dir and default_hooks' in message
    assert f"{tmp_path / 'epoch_3.pth'}'" in message
    names = {path.name for path in tmp_path.glob('epoch_*')}
    assert names == {'epoch_1.pth', 'epoch_2.pth'}
    assert count_epochs(tmp_path) == 2


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


@pytest.fixture
def three_epochs(tmp_path) -> Path:
    """A stopped training with the checkpoints of two epochs."""
    hook = KillAround('replace', 'epoch_4', before=True)
    assert exit_status(train, tmp_path, hook) == -signal.SIGKILL
    return tmp_path


def test_a_process_killed_inside_the_writing_of_the_pointer_leaves_the_last(
    three_epochs, unbroken
):
    pointer = three_epochs / 'last_checkpoint'
    before = pointer.read_text()
    hook = KillAround('replace', 'last_checkpoint', before=True)
    assert exit_status(resume, three_epochs, hook) == -signal.SIGKILL
    assert pointer.read_text() == before == str(three_epochs / 'epoch_3.pth')
    assert (three_epochs / 'epoch_4.pth').exists()
    assert_resumes_to_the_same_end(three_epochs, unbroken)


def test_a_damaged_newest_checkpoint_is_passed_over_with_a_warning(
    three_epochs, unbroken
):
    truncate(three_epochs / 'epoch_3.pth')
    assert count_epochs(three_epochs) == 2
    assert_resumes_to_the_same_end(three_epochs, unbroken)
    log = ''.join(path.read_text() for path in three_epochs.rglob('*.log'))
    assert f'resumes from {three_epochs / "epoch_2.pth"}, because' in log
    assert f"newer. The checkpoint '{three_epochs / 'epoch_3.pth'}'" in log


def test_an_empty_pointer_is_passed_over(three_epochs, unbroken):
    (three_epochs / 'last_checkpoint').write_text('')
    assert count_epochs(three_epochs) == 3
    assert_resumes_to_the_same_end(three_epochs, unbroken)


def test_a_training_resumes_in_a_folder_that_was_renamed(three_epochs):
    moved = three_epochs.with_name('moved')
    three_epochs.rename(moved)
    assert count_epochs(moved) == 3


def test_a_training_resumes_from_the_newest_checkpoint_of_a_copied_folder(
    three_epochs,
):
    # the files of a copy are written in any order
    copy = Path(shutil.copytree(three_epochs, f'{three_epochs}_copy'))
    os.utime(copy / 'epoch_3.pth', (1, 1))
    # another training begins in the folder that was copied
    (three_epochs / 'epoch_3.pth').write_bytes(b'of another training')
    assert count_epochs(copy) == 3
    shutil.rmtree(three_epochs)
    assert count_epochs(copy) == 3


def test_a_training_that_resumes_elsewhere_leaves_the_old_best_checkpoint(
    tmp_path,
):
    old, new = tmp_path / 'old', tmp_path / 'new'
    train_keeping(old, True, epochs=2)
    resumed = dict(resume=True, load_from=str(old / 'epoch_2.pth'))
    train_keeping(new, True, **resumed)
    assert best_of(old) == ['best_score_epoch_2.pth']
    assert best_of(new) == [f'best_score_epoch_{EPOCHS}.pth']


def test_a_renamed_folder_keeps_one_best_checkpoint(tmp_path, caplog):
    old, new = tmp_path / 'old', tmp_path / 'new'
    train_keeping(old, True, epochs=2)
    old.rename(new)
    train_keeping(new, True, resume=True)
    assert best_of(new) == [f'best_score_epoch_{EPOCHS}.pth']


def test_without_a_good_checkpoint_the_damaged_ones_are_named(three_epochs):
    for number in (2, 3):
        truncate(three_epochs / f'epoch_{number}.pth')
    assert count_epochs(three_epochs) == 0
    with pytest.raises(ValueError, match=r'can read no checkpoint in .*'):
        resume(three_epochs)
    with pytest.raises(ValueError, match=r'epoch_3\.pth.*epoch_2\.pth'):
        resume(three_epochs)


def test_a_resumption_without_a_checkpoint_trains_from_the_start(tmp_path):
    assert count_epochs(tmp_path) == 0
    assert exit_status(resume, tmp_path) == 0
    assert count_epochs(tmp_path) == EPOCHS


@pytest.mark.parametrize(
    'options',
    [
        dict(by_epoch=False, interval=2),
        dict(save_optimizer=False),
        dict(save_param_scheduler=False),
    ],
)
def test_a_checkpoint_holds_what_the_stock_hook_s_holds(tmp_path, options):
    states = []
    for kind in 'CheckpointHook', 'AtomicCheckpointHook':
        folder = tmp_path / f'{tmp_path.name}_{kind}'
        hooks = dict(SAFE, checkpoint=dict(type=kind, **options))
        line_runner(folder, 1, hooks=hooks).train()
        states.append({p.name: state_of(p) for p in folder.glob('*.pth')})
    stock, ours = states
    assert ours.keys() == stock.keys()
    for name, state in stock.items():
        assert ours[name].keys() == state.keys()
        for key in 'epoch', 'iter':
            assert ours[name]['meta'][key] == state['meta'][key]


def test_of_checkpoints_that_are_folders_the_newest_stay(tmp_path):
    def save(out_dir: str, filename: str, *_: object, **__: object) -> None:
        """As DeepSpeed, or FSDP that saves shards."""
        folder = Path(out_dir, filename)
        folder.mkdir()
        (folder / 'shard_0').write_bytes(b'weights')

    runner = line_runner(tmp_path, EPOCHS, hooks=SAFE)
    runner.save_checkpoint = save
    runner.train()
    assert {path.name for path in tmp_path.glob('epoch_*')} == {
        f'epoch_{EPOCHS - 1}.pth',
        f'epoch_{EPOCHS}.pth',
    }
