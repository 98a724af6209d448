"""MMPose's own functions of inference take the config and a checkpoint."""

import numpy as np
from mmpose.apis import MMPoseInferencer, inference_topdown, init_model
from mmpose.structures import merge_data_samples
from mmpose.visualization import PoseLocalVisualizer
from trainings import CONFIGS

CONFIG = str(CONFIGS / 'mlpe_tiny_synthetic.py')
IMAGE = 'val2017/000001000001.jpg'


def test_a_model_from_a_plain_checkpoint_knows_its_data_set(trained, people):
    model = init_model(CONFIG, str(trained / 'epoch_2.pth'), device='cpu')
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


def test_mmposes_inferencer_takes_the_config(trained, people):
    inferencer = MMPoseInferencer(
        pose2d=CONFIG,
        pose2d_weights=str(trained / 'epoch_2.pth'),
        det_model='whole_image',
        device='cpu',
    )
    result = next(inferencer(str(people / IMAGE), return_vis=False))
    person = result['predictions'][0][0]
    assert np.array(person['keypoints']).shape == (17, 2)


def test_the_visualizer_draws_the_heatmaps_of_a_prediction(trained, people):
    output = dict(cfg_options={'model.test_cfg.output_heatmaps': True})
    model = init_model(CONFIG, str(trained / 'epoch_2.pth'), 'cpu', **output)
    # another place would be outside of the crop of one of the boxes
    boxes = np.array([[60, 20, 180, 180]], float)
    results = inference_topdown(model, str(people / IMAGE), boxes)
    heatmaps = results[0].pred_fields.heatmaps
    assert heatmaps.shape == (17, 32, 24)
    visualizer = PoseLocalVisualizer(name='heatmaps')
    visualizer.set_dataset_meta(model.dataset_meta)
    black = np.zeros((240, 320, 3), np.uint8)
    drawn = visualizer.add_datasample(
        'drawn',
        black,
        merge_data_samples(results),
        draw_gt=False,
        draw_heatmap=True,
        kpt_thr=2,
    )
    # below the picture, which stays black above that threshold: the heatmaps
    assert drawn.shape == (480, 320, 3)
    assert not drawn[:240].any()
    left, top, right, bottom = boxes[0].astype(int)
    inside = drawn[240:][top:bottom, left:right].std()
    assert inside > 0
