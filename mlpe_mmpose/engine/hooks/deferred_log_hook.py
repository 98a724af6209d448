"""Log losses without waiting for the device in every iteration."""

import torch
from mmengine.dist import all_reduce
from mmengine.hooks import CheckpointHook, LoggerHook, RuntimeInfoHook
from mmengine.hooks.hook import DATA_BATCH
from mmengine.runner import Runner
from mmpose.registry import HOOKS
from torch import Tensor


@HOOKS.register_module()
class DeferredLogHook(RuntimeInfoHook):
    """Read losses from the device only when they are logged or saved.

    :class:`RuntimeInfoHook` reads every value after every iteration, and
    each time the host waits for the device. This hook leaves the values on
    the device until an iteration that logs, saves a checkpoint, ends an epoch
    or comes before a validation, and then reads all of them by one copy.

    The history has the same values, and with several processes their mean.
    :class:`RuntimeInfoHook` keeps the values of the first process, which are
    those of its own part of the batch.
    """

    def __init__(self) -> None:
        self._waiting: list[tuple[str, Tensor | float]] = []

    def after_train_iter(
        self,
        runner: Runner,
        batch_idx: int,
        data_batch: DATA_BATCH = None,
        outputs: dict | None = None,
    ) -> None:
        """Keep the outputs; write them all if this iteration needs them."""
        for name, value in (outputs or {}).items():
            # without `detach` a loss would keep the graph of its iteration
            value = value.detach() if isinstance(value, Tensor) else value
            self._waiting.append((f'train/{name}', value))
        if (
            self.is_last_train_iter(runner)
            or self.end_of_epoch(runner.train_dataloader, batch_idx)
            or any(self._reads(runner, h, batch_idx) for h in runner.hooks)
        ):
            self._write(runner)

    def before_val(self, runner: Runner) -> None:
        """Write the outputs: a validation may save the best checkpoint."""
        super().before_val(runner)
        self._write(runner)

    def _write(self, runner: Runner) -> None:
        """Read the outputs that wait, and add them to the history."""
        waiting, self._waiting = self._waiting, []
        values = _read([value for _, value in waiting])
        for (name, _), value in zip(waiting, values, strict=True):
            runner.message_hub.update_scalar(name, value)

    def _reads(self, runner: Runner, hook: object, batch_idx: int) -> bool:
        """Whether a hook reads the history after this iteration."""
        if isinstance(hook, LoggerHook):
            return self.every_n_inner_iters(batch_idx, hook.interval)
        if isinstance(hook, CheckpointHook) and not hook.by_epoch:
            first = hook.save_begin
            return self.every_n_train_iters(runner, hook.interval, first)
        return False


def _read(values: list[Tensor | float]) -> list[float]:
    """Bring scalars to the host, by one copy from each device.

    With several processes, a tensor becomes the mean over the processes.
    """
    read = list(values)
    tensors = {i: v for i, v in enumerate(values) if isinstance(v, Tensor)}
    # In the order of the values, so that all processes have one order.
    for device in dict.fromkeys(v.device for v in tensors.values()):
        own = {i: v for i, v in tensors.items() if v.device == device}
        scalars = torch.stack([value.reshape(()) for value in own.values()])
        all_reduce(scalars, op='mean')
        for index, scalar in zip(own, scalars.tolist(), strict=True):
            read[index] = scalar
    return read
