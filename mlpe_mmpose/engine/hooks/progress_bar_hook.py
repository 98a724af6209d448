"""Show the progress of a training, and the time left, on a terminal."""

import sys

import mmengine.dist as dist
from mmengine.hooks import Hook
from mmengine.hooks.hook import DATA_BATCH
from mmengine.runner import Runner
from mmpose.registry import HOOKS
from tqdm import tqdm
from tqdm.contrib import DummyTqdmFile


@HOOKS.register_module()
class ProgressBarHook(Hook):
    """Show a progress bar below MMEngine's log, with the time left.

    The time left follows from the mean time of an iteration since the start,
    validation included. The bar is shown by the main process only, and only
    if stdout is a terminal: a log in a file or a pipe has no trace of it.
    """

    # there is no bar if a model is only validated
    _bar: tqdm | None = None

    def before_train(self, runner: Runner) -> None:
        """Show the bar, and let the log appear above the bar."""
        self._bar = tqdm(
            total=runner.max_iters,
            initial=runner.iter,
            # 0 is the mean since the start; the last iterations alone would
            # leave out validation
            smoothing=0,
            miniters=1,
            dynamic_ncols=True,
            leave=False,
            file=sys.stdout,
            # None: only on a terminal
            disable=None if dist.is_main_process() else True,
        )
        self._handlers = []
        if not self._bar.disable:
            # the log is written above the bar, and not into its line
            self._handlers = [
                handler
                for handler in runner.logger.handlers
                if getattr(handler, 'stream', None) is sys.stdout
            ]
        for handler in self._handlers:
            handler.setStream(DummyTqdmFile(sys.stdout))

    def before_train_epoch(self, runner: Runner) -> None:
        """Name the epoch."""
        epoch = runner.epoch + 1
        self._bar.set_description(f'epoch {epoch}/{runner.max_epochs}')

    def before_val_epoch(self, runner: Runner) -> None:
        """Say why the bar stands still."""
        if self._bar is not None:
            self._bar.set_postfix_str('validating')

    def after_val_epoch(
        self, runner: Runner, metrics: dict[str, float] | None = None
    ) -> None:
        """Say that the training goes on."""
        if self._bar is not None:
            self._bar.set_postfix_str('')

    def after_train_iter(
        self,
        runner: Runner,
        batch_idx: int,
        data_batch: DATA_BATCH = None,
        outputs: dict | None = None,
    ) -> None:
        """Count the iteration."""
        self._bar.update()

    def after_train(self, runner: Runner) -> None:
        """Remove the bar."""
        self._bar.close()
        for handler in self._handlers:
            handler.setStream(sys.stdout)
