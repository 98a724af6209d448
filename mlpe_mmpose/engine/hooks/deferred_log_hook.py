"""Log losses without waiting for the device in every iteration."""

import torch
from mmengine.hooks import LoggerHook, RuntimeInfoHook
from mmengine.hooks.hook import DATA_BATCH
from mmengine.runner import Runner
from mmpose.registry import HOOKS
from torch import Tensor


@HOOKS.register_module()
class DeferredLogHook(RuntimeInfoHook):
    """Read losses from the device only when they are logged or saved.

    :class:`RuntimeInfoHook` reads every value after every iteration, and
    each time the host waits for the device. This hook leaves the values on
    the device until the logger, the end of an epoch or a checkpoint needs
    them, and then reads all of them by one copy. The values in the history
    are the same.
    """

    def __init__(self) -> None:
        self._waiting: list[tuple[str, Tensor | float]] = []
        self._intervals: list[int] = []

    def before_train(self, runner: Runner) -> None:
        """Store the intervals of the loggers."""
        super().before_train(runner)
        self._intervals = [
            hook.interval
            for hook in runner.hooks
            if isinstance(hook, LoggerHook)
        ]

    def after_train_iter(
        self,
        runner: Runner,
        batch_idx: int,
        data_batch: DATA_BATCH = None,
        outputs: dict | None = None,
    ) -> None:
        """Keep the outputs; write them all if this iteration logs."""
        for name, value in (outputs or {}).items():
            # without `detach` a loss would keep the graph of its iteration
            value = value.detach() if isinstance(value, Tensor) else value
            self._waiting.append((f'train/{name}', value))
        if (
            self.is_last_train_iter(runner)
            or self.end_of_epoch(runner.train_dataloader, batch_idx)
            or any(
                self.every_n_inner_iters(batch_idx, n) for n in self._intervals
            )
        ):
            self._write(runner)

    def before_save_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """Complete the history in the checkpoint."""
        self._write(runner)
        checkpoint['message_hub'] = runner.message_hub.state_dict()

    def _write(self, runner: Runner) -> None:
        """Give all waiting values to the message hub, in order."""
        waiting, self._waiting = self._waiting, []
        values = _read([value for _, value in waiting])
        for (name, _), value in zip(waiting, values, strict=True):
            runner.message_hub.update_scalar(name, value)


def _read(values: list[Tensor | float]) -> list[float]:
    """Bring scalars to the host, by one copy from each device."""
    read = list(values)
    for device in {v.device for v in values if isinstance(v, Tensor)}:
        indices = [
            index
            for index, value in enumerate(values)
            if isinstance(value, Tensor) and value.device == device
        ]
        scalars = torch.stack([values[index].reshape(()) for index in indices])
        for index, scalar in zip(indices, scalars.tolist(), strict=True):
            read[index] = scalar
    return read
