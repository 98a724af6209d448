"""Let a resumed training draw the random numbers of an unbroken one."""

import functools
import random

import numpy as np
import torch
from mmengine.dist import all_gather_object, get_rank, get_world_size
from mmengine.hooks import Hook
from mmengine.runner import IterBasedTrainLoop, Runner
from mmpose.registry import HOOKS
from torch.utils.data import DataLoader


@HOOKS.register_module()
class RandomStateHook(Hook):
    """Make a training that is stopped between epochs exactly repeatable.

    With one seed, one machine and one number of processes, a training that
    is resumed has the losses, bit for bit on a CPU, of a training that was
    not stopped. For this the checkpoint holds the states of the random number
    generators at the end of the epoch, and the processes of the data loader
    start anew in each epoch with a seed that depends on the epoch. MMEngine
    keeps no state, and with ``persistent_workers=False`` it repeats the
    augmentation of the first epoch in all epochs.
    """

    def __init__(self) -> None:
        # state of each process of the training, in the order of ranks
        self._states: list[dict] = []

    def before_train_epoch(self, runner: Runner) -> None:
        """Restore the generators, and seed the processes of the loader."""
        if len(self._states) == get_world_size():
            _set_state(self._states[get_rank()])
        if isinstance(runner.train_loop, IterBasedTrainLoop):
            # The processes of its loader have started, and go on with their
            # random numbers from pass to pass.
            return
        loader = runner.train_dataloader
        if isinstance(loader, DataLoader) and loader.num_workers:
            # Dropping the iterator ends the processes. They do not know the
            # epoch otherwise.
            loader._iterator = None
            step = loader.num_workers * get_world_size()
            seed = runner.seed + runner.epoch * step
            init = getattr(loader.worker_init_fn, 'keywords', {})
            if 'seed' in init:
                loader.worker_init_fn = functools.partial(
                    loader.worker_init_fn, seed=seed
                )

    def after_train_epoch(self, runner: Runner) -> None:
        """Keep the states; validation does not change them any more."""
        self._states = all_gather_object(_get_state())

    def before_save_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """Add the states to the checkpoint."""
        checkpoint['random_states'] = self._states

    def after_load_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """Take the states from the checkpoint that is resumed."""
        # a checkpoint of an earlier release has none
        if runner._resume:
            self._states = checkpoint.get('random_states', [])


def _get_state() -> dict:
    """Return the states of all generators that a training uses."""
    _, keys, *rest = np.random.get_state()
    state = dict(
        python=random.getstate(),
        numpy=[torch.from_numpy(keys.astype(np.int64)), *rest],
        torch=torch.get_rng_state(),
    )
    if torch.cuda.is_available():
        state['cuda'] = torch.cuda.get_rng_state()
    return state


def _set_state(state: dict) -> None:
    """Undo :func:`_get_state`."""
    random.setstate(state['python'])
    keys, *rest = state['numpy']
    np.random.set_state(('MT19937', keys.cpu().numpy(), *rest))
    torch.set_rng_state(state['torch'].cpu())
    if 'cuda' in state and torch.cuda.is_available():
        torch.cuda.set_rng_state(state['cuda'].cpu())
