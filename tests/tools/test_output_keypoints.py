"""Models that give some of the keypoints of their data set."""

import json

import cv2
import numpy as np

from mlpe_mmpose.apis import Predictor
from mlpe_mmpose.tools import main
from mlpe_mmpose.tools.output_keypoints import read_output_keypoints
from mlpe_mmpose.tools.web.pose_service import PoseService

# a wrist without its elbow, and not in the order of the data set
KEPT = [9, 0, 6, 5]
NAMES = ('left_wrist', 'nose', 'right_shoulder', 'left_shoulder')


def test_names_links_and_colours_belong_to_the_output(small_mlpe):
    whole = read_output_keypoints(small_mlpe.model())
    assert (len(whole.names), len(whole.links)) == (17, 19)
    kept = read_output_keypoints(
        small_mlpe.model(output_keypoint_indices=KEPT)
    )
    assert kept.names == NAMES
    # COCO links the shoulders, 5 and 6
    assert kept.links == ((3, 2),)
    assert kept.colors == [whole.colors[i] for i in KEPT]


def test_predict_draws_some_of_the_keypoints(small_mlpe, tmp_path):
    image = np.full((80, 60, 3), 90, np.uint8)
    cv2.imwrite(str(tmp_path / '1.png'), image)
    found = {}
    for name, options in (
        ('some', [f'model.test_cfg.output_keypoint_indices={KEPT}']),
        ('all', []),
    ):
        arguments = [
            *('predict', tmp_path / '1.png', '--whole-image'),
            *('--config', small_mlpe.config),
            *('--checkpoint', small_mlpe.checkpoint),
            *('--out', tmp_path / name),
            *(['--cfg-options', *options] if options else []),
        ]
        assert main([str(argument) for argument in arguments]) == 0
        text = (tmp_path / name / 'results.json').read_text()
        (person,) = json.loads(text)
        found[name] = np.reshape(person['keypoints'], (-1, 3))
        drawn = cv2.imread(str(tmp_path / name / 'skeletons/1.png'))
        assert (drawn != image).any()
    np.testing.assert_allclose(found['some'], found['all'][KEPT], atol=0.1)


def test_the_page_shows_some_of_the_keypoints(small_mlpe, tmp_path):
    path = tmp_path / '1.png'
    cv2.imwrite(str(path), np.full((80, 60, 3), 90, np.uint8))
    kept = {'model.test_cfg.output_keypoint_indices': KEPT}
    predictor = Predictor(
        small_mlpe.config, small_mlpe.checkpoint, cfg_options=kept
    )
    answer = PoseService(predictor, None, 1e6).answer(
        str(path), '0, 0, 60, 80'
    )
    assert [row[0] for row in answer.scores] == list(NAMES)
    (person,) = json.loads(answer.json_text)
    assert len(person['keypoints']) == 3 * len(KEPT)
