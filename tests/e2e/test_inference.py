"""Plain checkpoints in MMPose's own inference, in one process."""

from pathlib import Path

import numpy as np
import pytest
from mmengine.config import Config
from mmengine.runner import Runner
from mmpose.apis import MMPoseInferencer, inference_topdown, init_model
from mmpose.structures import merge_data_samples
from mmpose.visualization import PoseLocalVisualizer
from trainings import CONFIGS, data_options

CONFIG = str(CONFIGS / 'mlpe_tiny_synthetic.py')
IMAGE = 'val2017/000001000001.jpg'


@pytest.fixture(scope='module')
def checkpoint(people: Path, tmp_path_factory) -> Path:
    """A checkpoint as the runner writes it, after one short epoch."""
    work_dir = tmp_path_factory.mktemp('trained')
    config = Config.fromfile(CONFIG)
    config.merge_from_dict(data_options(people))
    config.merge_from_dict({'train_cfg.max_epochs': 1})
    config.work_dir = str(work_dir)
    Runner.from_cfg(config).train()
    return work_dir / 'epoch_1.pth'


def test_a_model_from_a_plain_checkpoint_knows_its_data_set(
    checkpoint, people
):
    model = init_model(CONFIG, str(checkpoint), device='cpu')
    boxes = np.array([[10, 10, 100, 200], [50, 20, 90, 120]], float)
    results = inference_topdown(model, str(people / IMAGE), boxes)
    assert [r.pred_instances.keypoints.shape for r in results] == [
        (1, 17, 2)
    ] * 2
    # drawn in the colours that the checkpoint holds
    visualizer = PoseLocalVisualizer(name='inference')
    visualizer.set_dataset_meta(model.dataset_meta)
    black = np.zeros((240, 320, 3), np.uint8)
    drawn = visualizer.add_datasample(
        'drawn', black, merge_data_samples(results), draw_gt=False
    )
    orange = model.dataset_meta['skeleton_link_colors'][1].numpy()
    assert (drawn == orange).all(-1).any()


def test_mmposes_inferencer_takes_the_config(checkpoint, people):
    inferencer = MMPoseInferencer(
        pose2d=CONFIG,
        pose2d_weights=str(checkpoint),
        det_model='whole_image',
        device='cpu',
    )
    result = next(inferencer(str(people / IMAGE), return_vis=False))
    person = result['predictions'][0][0]
    assert np.array(person['keypoints']).shape == (17, 2)
