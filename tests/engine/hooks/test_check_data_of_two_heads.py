"""MMPose's head of visibilities, whose poses come from an MLPEHead."""

import pytest
from mmengine.runner import Runner
from test_check_data_hook import tiny_config

from mlpe_mmpose.tools.synth.generator import generate_dataset


@pytest.fixture
def build(tmp_path):
    """Builds the runner of both heads: ``build(**options of the codec)``."""
    generate_dataset(tmp_path / 'data', 4, 2, seed=0)

    def make(**codec: object) -> Runner:
        config = tiny_config(tmp_path / 'data', tmp_path / 'run_two_heads')
        pose = config.model.head
        pose.decoder.update(codec)
        config.model.head = dict(
            type='VisPredictHead',
            pose_cfg=pose,
            loss=dict(type='BCELoss', use_target_weight=True),
        )
        return Runner.from_cfg(config)

    return make


def test_an_mlpe_head_inside_of_mmpose_s_head_trains_and_is_tested(build):
    runner = build()
    runner.train()
    losses = runner.message_hub.log_scalars
    assert losses['train/loss_vis'].mean() > 0
    assert losses['train/loss_refine'].mean() > 0
    assert 0 <= runner.val()['coco/AP'] <= 1


def test_its_codec_is_compared_with_the_pipeline_s(build):
    words = 'encoder of GenerateTarget has unbiased=False, .*MLPEHead has'
    with pytest.raises(ValueError, match=words):
        build(unbiased=True).train()
