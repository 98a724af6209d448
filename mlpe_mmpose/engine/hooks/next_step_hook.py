"""Say at the end of a training what to do next."""

import shlex
from pathlib import Path

from mmengine.hooks import Hook
from mmengine.runner import Runner
from mmpose.registry import HOOKS


@HOOKS.register_module()
class NextStepHook(Hook):
    """Log the commands that test and diagnose the best checkpoint.

    They use the config that the runner has written to the work directory,
    which includes what ``--cfg-options`` changed. Of several metrics in
    ``save_best`` the first decides. Without a best checkpoint, which only
    validation finds, they use the last.
    """

    # after CheckpointHook
    priority = 'LOWEST'

    def after_train(self, runner: Runner) -> None:
        """Log one line, if the training has left a checkpoint."""
        info = runner.message_hub.runtime_info
        # `best_ckpt`, or `best_ckpt_coco/AP` and so on in save_best's order
        best = [info[key] for key in info if key.startswith('best_ckpt')]
        checkpoint = next(iter(best), info.get('last_ckpt'))
        if checkpoint is None:
            return
        name = runner.cfg.filename or f'{runner.timestamp}.py'
        config = Path(runner.work_dir, Path(name).name)
        config, checkpoint = map(shlex.quote, (str(config), checkpoint))
        runner.logger.info(
            f'Next: `mim test mmpose {config} -C {checkpoint}` tests the '
            f'model, `python -m mlpe_mmpose report {config} {checkpoint}` '
            'shows its errors.'
        )
