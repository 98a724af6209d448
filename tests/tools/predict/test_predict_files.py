"""Predictions of files: what is found, what is written, what is left out."""

import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from exported import Trained

from mlpe_mmpose.apis import People, PoseModel, Predictor, predict_files
from mlpe_mmpose.tools.predict import predict_files as module
from mlpe_mmpose.tools.predict.predict_files import Summary
from mlpe_mmpose.tools.predict.progress import format_progress

BOXES = [[20.0, 20.0, 60.0, 80.0, 0.9], [70.0, 10.0, 120.0, 110.0, 0.4]]


def torch_model(trained: Trained, **kwargs: object) -> PoseModel:
    return PoseModel(str(trained.config), str(trained.checkpoint), **kwargs)


def exported_model(trained: Trained) -> PoseModel:
    return PoseModel(model=str(trained.config.with_name('pose.onnx')))


def write_boxes(path: Path, image_ids: list[int]) -> People:
    """Two boxes in each image, as MMPose's files have them."""
    found = [
        dict(
            image_id=image_id,
            category_id=1,
            bbox=[left, top, right - left, bottom - top],
            score=score,
        )
        for image_id in image_ids
        for left, top, right, bottom, score in BOXES
    ]
    path.write_text(json.dumps(found))
    return People(boxes=str(path))


def read(path: Path) -> list[dict]:
    return json.loads(path.read_text())


@pytest.mark.parametrize('kind', [torch_model, exported_model])
def test_a_folder_gives_the_poses_of_the_predictor(
    small_mlpe, folder, tmp_path, kind
):
    people = write_boxes(tmp_path / 'boxes.json', [7, 8])
    out = tmp_path / 'out'
    seen = []
    summary = predict_files(
        str(folder), out, kind(small_mlpe), people, report=seen.append
    )
    assert (summary.images, summary.people, summary.total) == (3, 4, 4)
    assert len(seen) == 3
    (bad,) = summary.unreadable
    assert bad.name.endswith('000000000009.jpg')

    results = read(out / 'results.json')
    # nobody is in image 11, so that it has no pose
    assert [result['image_id'] for result in results] == [7, 7, 8, 8]
    predictor = Predictor(small_mlpe.config, small_mlpe.checkpoint)
    images = [str(folder / f'{number:012d}.png') for number in (7, 8)]
    samples = predictor(images, [np.array(BOXES)] * 2)
    expected = np.concatenate([s.pred_instances.keypoints for s in samples])
    got = np.reshape([r['keypoints'] for r in results], (4, 17, 3))
    np.testing.assert_allclose(got[..., :2], expected, atol=0.1)
    assert read(out / 'images.json') == [
        dict(id=n, file_name=f'{n:012d}.png', width=160, height=120)
        for n in (7, 8, 11)
    ]
    names = sorted(path.name for path in (out / 'skeletons').iterdir())
    assert names == [f'{number:012d}.png' for number in (7, 8, 11)]
    with_people, without = (
        cv2.imread(str(out / 'skeletons' / name)) for name in names[1:]
    )
    original = cv2.imread(str(folder / names[2]))
    np.testing.assert_array_equal(without, original)
    assert (with_people != original).any()


def test_a_name_that_opencv_cannot_write_gets_a_suffix(
    small_mlpe, folder, tmp_path
):
    image = folder / '000000000007.png'
    image = image.rename(image.with_name('7.jfif'))
    model, out = exported_model(small_mlpe), tmp_path / 'out'
    predict_files(str(image), out, model, People(whole_image=True))
    assert cv2.imread(str(out / 'skeletons/7.jfif.png')).shape == (120, 160, 3)


def test_boxes_below_the_threshold_are_left_out(small_mlpe, folder, tmp_path):
    people = write_boxes(tmp_path / 'boxes.json', [7, 8, 11])
    people = People(boxes=people.boxes, threshold=0.5)
    summary = predict_files(
        str(folder),
        tmp_path / 'out',
        exported_model(small_mlpe),
        people,
        pictures=False,
    )
    assert summary.people == 3
    assert sorted(p.name for p in (tmp_path / 'out').iterdir()) == [
        'images.json',
        'results.json',
    ]


def test_images_of_any_suffix_have_pictures(small_mlpe, folder, tmp_path):
    # browsers save .jfif; OpenCV writes no colours as .pgm
    names = ('a.jfif', 'b.PGM', 'c')
    for name in names:
        shutil.copy(folder / '000000000007.png', tmp_path / name)
    listed = tmp_path / 'list.txt'
    listed.write_text(''.join(f'{tmp_path / name}\n' for name in names))
    out = tmp_path / 'out'
    model, people = exported_model(small_mlpe), People(whole_image=True)
    assert predict_files(str(listed), out, model, people).images == 3
    pictures = sorted(out.glob('skeletons/*'))
    assert [p.name for p in pictures] == [f'{name}.png' for name in names]
    assert all(cv2.imread(str(p)).shape == (120, 160, 3) for p in pictures)


def test_heatmaps_are_drawn_level_by_level(small_mlpe, folder, tmp_path):
    out = tmp_path / 'out'
    model = torch_model(small_mlpe, heatmaps=True)
    image = str(folder / '000000000007.png')
    predict_files(image, out, model, People(whole_image=True))
    folders = sorted(path.name for path in out.iterdir() if path.is_dir())
    levels = ['level0', 'level1', 'level2', 'refined']
    assert folders == [f'heatmaps_{n}' for n in levels] + ['skeletons']
    pictures = [
        cv2.imread(str(out / name / '000000000007.png')) for name in folders
    ]
    assert {picture.shape for picture in pictures} == {(120, 160, 3)}
    # the levels of random weights are flat; the refined heatmaps are not
    level, refined, skeletons = pictures[0], *pictures[-2:]
    assert (level != refined).any()
    assert (skeletons != refined).any()


def test_a_video_becomes_a_video_with_numbered_people(
    small_mlpe, video, tmp_path
):
    out = tmp_path / 'out'
    people = write_boxes(tmp_path / 'boxes.json', list(range(12)))
    summary = predict_files(
        str(video),
        out,
        torch_model(small_mlpe, batch_size=5),
        people,
        track_people=True,
        smooth=True,
    )
    assert (summary.images, summary.people) == (12, 24)
    results = read(out / 'results.json')
    assert [r['image_id'] for r in results] == np.repeat(range(12), 2).tolist()
    assert [r['track_id'] for r in results] == [1, 2] * 12
    written = cv2.VideoCapture(str(out / 'walk_skeletons.mp4'))
    assert written.get(cv2.CAP_PROP_FRAME_COUNT) == 12
    assert written.get(cv2.CAP_PROP_FPS) == 20
    assert not (out / 'images.json').exists()


def test_ctrl_c_keeps_what_is_done(small_mlpe, video, tmp_path):
    out = tmp_path / 'out'

    def stop(summary: module.Summary) -> None:
        if summary.images == 5:
            raise KeyboardInterrupt

    summary = predict_files(
        str(video),
        out,
        exported_model(small_mlpe),
        People(whole_image=True),
        report=stop,
    )
    assert summary.stopped
    assert len(read(out / 'results.json')) == 5
    written = cv2.VideoCapture(str(out / 'walk_skeletons.mp4'))
    assert written.get(cv2.CAP_PROP_FRAME_COUNT) == 5


WRONG = [
    (dict(model=PoseModel()), 'needs --config and --checkpoint, or --model'),
    (dict(model=PoseModel(model='a', config='b')), "config='b' and model='a'"),
    (dict(model=PoseModel('a.py')), '--config=a.py needs --checkpoint'),
    (dict(model=PoseModel(model='a', flip_test=True)), '--flip-test changes'),
    (dict(model=PoseModel(model='a', heatmaps=True)), '--heatmaps needs'),
    (dict(people=People()), 'one of --detector, --boxes and --whole-image'),
    (dict(people=People(boxes='a', whole_image=True)), 'boxes and whole_im'),
    (dict(people=People(detector_checkpoint='a', boxes='b')), 'needs --detec'),
    (
        dict(people=People(whole_image=True, threshold=0.3)),
        r'--threshold=0.3 leaves out .* with --whole-image there are none',
    ),
    (dict(smooth=True), 'add --track'),
    (dict(track_people=True), 'which is no video'),
    (
        dict(model=PoseModel('a.py', 'a.pth', heatmaps=True), pictures=False),
        '--heatmaps draws',
    ),
]


@pytest.mark.parametrize(('arguments', 'message'), WRONG)
def test_what_does_not_fit_is_refused_before_anything_is_written(
    small_mlpe, folder, tmp_path, arguments, message
):
    arguments = {
        'model': exported_model(small_mlpe),
        'people': People(whole_image=True),
        **arguments,
    }
    with pytest.raises(ValueError, match=message):
        predict_files(str(folder), tmp_path / 'out', **arguments)
    assert not (tmp_path / 'out').exists()


def test_boxes_of_other_images_are_refused(small_mlpe, folder, tmp_path):
    people = write_boxes(tmp_path / 'boxes.json', [1, 2])
    arguments = (tmp_path / 'out', exported_model(small_mlpe), people)
    with pytest.raises(ValueError, match=r'none of the 4 images.*\[7, 8, 9'):
        predict_files(str(folder), *arguments)
    # now the ids of the images are counted
    (folder / 'a name.png').write_bytes(b'')
    with pytest.raises(ValueError, match='Add --ann-file'):
        predict_files(str(folder), *arguments)
    (tmp_path / 'boxes.json').write_text('[{"image_id": 7}]')
    with pytest.raises(ValueError, match="'category_id' is missing"):
        predict_files(str(folder), *arguments)


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (dict(image_id=99), r'none of the 12 images: .*\[99\].*\[0, 1, 2\]'),
        (dict(category_id=0), "no box of a person, that is .*'category_id' 1"),
    ],
)
def test_boxes_of_no_person_in_a_video_are_refused(
    small_mlpe, video, tmp_path, change, message
):
    people = write_boxes(tmp_path / 'boxes.json', [0, 1])
    boxes = [dict(box, **change) for box in read(tmp_path / 'boxes.json')]
    (tmp_path / 'boxes.json').write_text(json.dumps(boxes))
    arguments = (tmp_path / 'out', exported_model(small_mlpe), people)
    with pytest.raises(ValueError, match=message):
        predict_files(str(video), *arguments)


def test_results_are_not_overwritten(small_mlpe, folder, tmp_path):
    (tmp_path / 'results.json').write_text('mine')
    with pytest.raises(FileExistsError, match=r'has results\.json already'):
        predict_files(
            str(folder),
            tmp_path,
            exported_model(small_mlpe),
            People(whole_image=True),
        )
    assert (tmp_path / 'results.json').read_text() == 'mine'


def test_a_video_longer_than_its_header_says_has_no_time_left():
    summary = Summary(100)
    summary.images, summary.seconds = 100, 10.0
    assert format_progress(summary).startswith(f'[{"#" * 24}] 100/100 images')
    summary.images = 105
    assert format_progress(summary).startswith('105 images, 10.5 images/s')
