"""Videos that `predict` writes: their length, and their frame rate."""

import json
from pathlib import Path

import cv2
import numpy as np

from mlpe_mmpose.apis import People, PoseModel, predict_files


def read_video(path: Path) -> list[np.ndarray]:
    video, frames = cv2.VideoCapture(str(path)), []
    while (found := video.read())[0]:
        frames.append(found[1])
    return frames


def test_a_video_of_heatmaps_has_the_frames_without_people_too(
    small_mlpe, video, tmp_path
):
    people = [
        dict(image_id=n, category_id=1, bbox=[20, 20, 40, 60], score=0.9)
        for n in (5, 6)
    ]
    boxes, out = tmp_path / 'boxes.json', tmp_path / 'out'
    boxes.write_text(json.dumps(people))
    config, weights = str(small_mlpe.config), str(small_mlpe.checkpoint)
    model = PoseModel(config, weights, heatmaps=True)
    predict_files(str(video), out, model, People(boxes=str(boxes)))
    videos = {path.stem: read_video(path) for path in out.glob('*.mp4')}
    levels = ('level0', 'level1', 'level2', 'refined')
    kinds = ['skeletons', *(f'heatmaps_{level}' for level in levels)]
    assert sorted(videos) == sorted(f'walk_{kind}' for kind in kinds)
    assert {len(frames) for frames in videos.values()} == {12}
    # where nobody is, the frame is as dark as beside a person
    for frame, drawn in zip(
        read_video(video), videos['walk_heatmaps_refined'], strict=True
    ):
        corner = frame[-20:, -20:].mean(), drawn[-20:, -20:].mean()
        assert abs(corner[1] - 0.35 * corner[0]) < 3
