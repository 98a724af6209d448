"""Predictions with Ray: equal to local ones, whatever is killed."""

import json
import os
import re
import signal
import threading
from pathlib import Path

import cv2
import numpy as np
import pytest
from exported import Trained

from mlpe_mmpose.apis import (
    People,
    PoseModel,
    RayJob,
    predict_files,
    predict_with_ray,
)
from mlpe_mmpose.tools.predict.ray_engine import share_gpu
from mlpe_mmpose.tools.predict.ray_folder import read_summary

ray_data = pytest.importorskip('ray.data')

GPU, ONNX = dict(device='cuda'), dict(detector='detector.onnx')
PEOPLE = 60  # in an image, so that a shard takes a while


def write_folder(folder: Path, number: int) -> People:
    """Write images, one of them broken, and boxes of many people."""
    random = np.random.default_rng(0)
    found = []
    folder.mkdir()
    for image_id in range(1, number + 1):
        noise = random.integers(0, 256, (120, 160, 3), np.uint8)
        cv2.imwrite(str(folder / f'{image_id:06d}.png'), noise)
        corners = random.uniform(0, 60, (PEOPLE, 2)).tolist()
        found += [
            dict(image_id=image_id, category_id=1, bbox=[*c, 40, 50], score=1)
            for c in corners
        ]
    (folder / '000003.png').write_bytes(b'\x89PNG no more')
    boxes = folder.with_name('boxes.json')
    boxes.write_text(json.dumps(found))
    return People(boxes=str(boxes))


def find_busy_workers(name: str) -> list[int]:
    """List the processes of an actor that predict a batch just now.

    Ray writes the method into the title of a process. Only those of the Ray
    that this process has started are listed.
    """
    workers = []
    for folder in Path('/proc').glob('[0-9]*'):
        try:
            busy = f'({name})).submit' in (folder / 'cmdline').read_text()
            if busy and os.getpid() in ancestors(folder):
                workers.append(int(folder.name))
        except OSError:
            continue  # the process has ended
    return workers


def ancestors(folder: Path) -> set[int]:
    found = set()
    while folder.name not in ('0', '1'):
        status = (folder / 'stat').read_text()
        parent = status.rpartition(')')[2].split()[1]
        found.add(int(parent))
        folder = folder.with_name(parent)
    return found


@pytest.mark.parametrize('last', ['b', 1.5, 2**63])
def test_ids_that_are_no_whole_numbers_are_refused_before_ray_starts(
    small_mlpe, tmp_path, last
):
    write_folder(tmp_path / 'images', 3)
    names = [f'{number:06d}' for number in (1, 2, 3)]
    images = [
        dict(id=number, file_name=f'{name}.png')
        for number, name in zip((1, 2.0, last), names, strict=True)
    ]
    ann_file = tmp_path / 'a.json'
    ann_file.write_text(json.dumps(dict(images=images)))
    model = PoseModel(model=str(small_mlpe.config.with_name('pose.onnx')))
    arguments = str(tmp_path / 'images'), tmp_path / 'out', model
    with pytest.raises(ValueError, match=re.escape(f'has {last!r}')):
        predict_with_ray(*arguments, People(whole_image=True), str(ann_file))
    assert not (tmp_path / 'out').exists()


def kill_one(killed: list[int], done: threading.Event) -> None:
    """Kill the first worker that has a batch."""
    while not killed and not done.wait(0.05):
        for worker in find_busy_workers('PredictPoses')[:1]:
            os.kill(worker, signal.SIGKILL)
            killed.append(worker)


def read_shards(folder: Path) -> dict[int, dict]:
    """Read all rows, of which no image may have two."""
    rows = {}
    for path in folder.glob('shards/*.json'):
        for line in path.read_text().splitlines():
            row = json.loads(line)
            assert row['image_id'] not in rows
            rows[row['image_id']] = row
    return rows


@pytest.mark.long
@pytest.mark.timeout(1500)
def test_a_killed_worker_and_a_stopped_job_lose_nothing(
    small_mlpe: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    # a cluster that the user has, and has not asked for
    monkeypatch.setenv('RAY_ADDRESS', '127.0.0.1:1')
    people = write_folder(tmp_path / 'images', 12)
    model = PoseModel(model=str(small_mlpe.config.with_name('pose.onnx')))
    images, out = str(tmp_path / 'images'), tmp_path / 'ray'
    predict_files(images, tmp_path / 'local', model, people, pictures=False)
    results = json.loads((tmp_path / 'local/results.json').read_text())
    expected = {}
    for result in results:
        expected.setdefault(result.pop('image_id'), []).append(result)

    killed, done = [], threading.Event()
    killer = threading.Thread(
        target=kill_one, args=(killed, done), daemon=True
    )
    killer.start()
    job = RayJob(workers=2, shard_size=3)
    summary = predict_with_ray(images, out, model, people, job=job)
    done.set()
    killer.join()
    assert killed
    check(out, summary, expected)
    # the checkpoint is not that of other pipelines of the same script
    assert ray_data.DataContext.get_current().checkpoint_config is None

    # a job that was stopped before it wrote one of the shards
    (*kept, lost) = sorted((out / 'shards').glob('*.json'))
    times = [path.stat().st_mtime_ns for path in kept]
    ids = [json.loads(x)['image_id'] for x in lost.open()]
    lost.unlink()
    (out / 'checkpoint' / lost.with_suffix('.parquet').name).unlink()
    summary = predict_with_ray(images, out, model, people, job=job)
    check(out, summary, expected)
    new = set((out / 'shards').glob('*.json')) - set(kept)
    assert [
        json.loads(x)['image_id'] for path in new for x in path.open()
    ] == ids
    assert [path.stat().st_mtime_ns for path in kept] == times


def check(out: Path, summary, expected: dict[int, list[dict]]) -> None:
    """The shards have the local results, and name the broken file."""
    assert (summary.images, summary.people) == (11, 11 * PEOPLE)
    assert [bad.name for bad in summary.unreadable] == ['000003.png']
    rows = read_shards(out)
    assert sorted(rows) == list(range(1, 13))
    assert rows[3]['people'] == []
    for image_id, people in expected.items():
        row = rows[image_id]
        assert (row['width'], row['height']) == (160, 120)
        for person, wanted in zip(row['people'], people, strict=True):
            assert person['keypoints'] == wanted['keypoints']
            assert person['bbox'] == wanted['bbox']
            # JSON lines have ten digits
            assert person['score'] == pytest.approx(wanted['score'], abs=1e-9)


def test_boxes_that_are_not_about_the_images_are_refused(
    small_mlpe, folder, tmp_path
):
    model = PoseModel(model=str(small_mlpe.config.with_name('pose.onnx')))
    boxes = tmp_path / 'boxes.json'
    boxes.write_text(
        '[{"image_id": 1, "category_id": 1, "bbox": [1, 1, 9, 9], "score": 1}]'
    )
    call = (str(folder), tmp_path / 'out', model, People(boxes=str(boxes)))
    with pytest.raises(ValueError, match='has boxes of none of the 4 images'):
        predict_with_ray(*call)
    # now the images are counted, and 1 is no id of an image
    (folder / 'a name.png').write_bytes(b'')
    with pytest.raises(ValueError, match='Add --ann-file'):
        predict_with_ray(*call)
    assert not (tmp_path / 'out').exists()


def test_the_first_shard_may_have_nobody(tmp_path):
    person = dict(keypoints=[1.0, 2.0, 0.5], score=0.5, bbox=[1.0, 1, 2, 2])
    (tmp_path / 'shards').mkdir()
    for name, people in {'1': [], '2': [person]}.items():
        row = dict(path=name, image_id=int(name), file_name=name, error='')
        text = json.dumps(dict(row, people=people))
        (tmp_path / f'shards/{name}.json').write_text(f'{text}\n')
    summary = read_summary(tmp_path, 'json')
    assert (summary.images, summary.people) == (2, 1)


def test_images_of_one_number_in_two_folders_are_named(tmp_path):
    # those of an object store, which Ray lists
    (tmp_path / 'shards').mkdir()
    for number, name in enumerate(['a/01.jpg', 'b/1.jpg']):
        row = dict(path=name, image_id=1, file_name=name, error='', people=[])
        path = tmp_path / f'shards/{number}.json'
        path.write_text(f'{json.dumps(row)}\n')
    with pytest.raises(ValueError, match=r'01\.jpg and b/1\.jpg have one id'):
        read_summary(tmp_path, 'json')


@pytest.mark.parametrize(
    ('model', 'people', 'shares'),
    [
        (dict(config='a.py'), dict(), (0, 0)),
        (dict(config='a.py', device='cuda'), dict(), (0, 1)),
        (dict(config='a.py', device='cuda'), GPU, (0.5, 0.5)),
        # an ONNX file of a detector runs on the CPU
        (dict(config='a.py', device='cuda'), GPU | ONNX, (0, 1)),
        # a file of export runs where its backend does
        (dict(model='a.onnx', device='cuda'), GPU, (1, 0)),
        (dict(model='a.onnx', backend='tensorrt'), dict(), (0, 1)),
    ],
)
def test_only_what_runs_on_a_gpu_asks_ray_for_one(model, people, shares):
    people = People(**{'detector': 'torchvision:x', **people})
    assert share_gpu(PoseModel(**model), people) == shares


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (dict(workers=0), '--workers must be at least 1, got 0'),
        (dict(shard_size=-1), '--shard-size must be at least 1, got -1'),
        (dict(format='csv'), '--format is one of json, parquet, got csv'),
    ],
)
def test_a_job_that_cannot_be_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        RayJob(**arguments)


def test_a_video_is_refused(small_mlpe, video, tmp_path):
    model = PoseModel(model=str(small_mlpe.config.with_name('pose.onnx')))
    with pytest.raises(ValueError, match='reads images, got the video'):
        predict_with_ray(
            str(video), tmp_path / 'out', model, People(whole_image=True)
        )
    assert not (tmp_path / 'out').exists()
