"""Videos that `predict` writes: their length, and their frame rate."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from mlpe_mmpose.apis import People, PoseModel, predict_files
from mlpe_mmpose.tools.predict.frames import Frame
from mlpe_mmpose.tools.predict.inputs import Input
from mlpe_mmpose.tools.predict.pictures import Pictures


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


def write_grey(out: Path, fps: float) -> None:
    """Write a video of three grey frames."""
    source = Input(lambda: iter(()), 3, fps, name='grey')
    with Pictures(out, source, lambda frame: frame.image) as pictures:
        for number in range(3):
            image = np.full((48, 64, 3), 90, np.uint8)
            pictures.write(Frame(number, 'grey.mp4', image))


# cameras for machines, and 24 and 30 frames of television
@pytest.mark.parametrize(
    'fps', [66.6667, 83.3333, 142.857, 166.667, 1000.01, 23.976, 29.97, 0.5]
)
def test_videos_of_many_frame_rates_can_be_written(tmp_path, fps):
    write_grey(tmp_path, fps)
    video = cv2.VideoCapture(str(tmp_path / 'grey_skeletons.mp4'))
    assert video.get(cv2.CAP_PROP_FRAME_COUNT) == 3
    assert video.get(cv2.CAP_PROP_FPS) == pytest.approx(fps, rel=1e-4)


def test_a_video_that_cannot_be_written_is_named_with_the_way_out(tmp_path):
    (tmp_path / 'grey_skeletons.mp4').mkdir()
    message = r'grey_skeletons\.mp4: .* 64x48 pixels and 25 fr.*--no-pictures'
    with pytest.raises(OSError, match=message):
        write_grey(tmp_path, 25.0)
