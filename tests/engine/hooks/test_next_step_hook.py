"""The last line of a training names the checkpoint that is best."""

import pytest
from line_training import Line, line_runner
from mmengine.logging import MMLogger
from test_atomic_checkpoint_hook import RisingScore, ValidatedModel
from torch.utils.data import DataLoader


class BothScores(RisingScore):
    """A score that rises, and a height that falls."""

    def compute_metrics(self, results):
        score = super().compute_metrics(results)['score']
        return dict(score=score, height=-score)


@pytest.mark.parametrize(
    ('save_best', 'name'),
    [
        (None, 'epoch_2.pth'),
        ('score', 'best_score_epoch_2.pth'),
        # of several the first that the config names
        (['score', 'height'], 'best_score_epoch_2.pth'),
        (['height', 'score'], 'best_height_epoch_1.pth'),
    ],
)
def test_the_best_checkpoint_is_named(tmp_path, caplog, save_best, name):
    # the trainings of one process share what folders of one name have
    folder = tmp_path / f'{tmp_path.name} in two words'
    runner = line_runner(
        folder,
        epochs=2,
        hooks=dict(
            checkpoint=dict(
                type='AtomicCheckpointHook',
                save_best=save_best,
                rule='greater',
            ),
            plain_checkpoint=dict(type='PlainCheckpointHook'),
            next_step=dict(type='NextStepHook'),
        ),
        model=ValidatedModel,
        val_dataloader=DataLoader(Line(), batch_size=8),
        val_cfg=dict(),
        val_evaluator=[BothScores()],
    )
    MMLogger.get_current_instance().addHandler(caplog.handler)
    runner.train()
    (line,) = (m for m in caplog.messages if m.startswith('Next: '))
    # a shell takes a folder with a blank as one word
    assert f"-C '{folder / name}'`" in line
