"""Which calls may go on with the shards in a folder."""

import shutil
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest

from mlpe_mmpose.apis import People, PoseModel, RayJob, predict_with_ray
from mlpe_mmpose.tools.mim_runs import lock_folder
from mlpe_mmpose.tools.predict.ray_folder import CHECKPOINT, JOB, SHARDS

pytest.importorskip('ray.data')


@pytest.fixture
def images(tmp_path: Path) -> Path:
    """A folder for images, empty."""
    path = tmp_path / 'images'
    path.mkdir()
    return path


def add(folder: Path, *names: str) -> None:
    for name in names:
        cv2.imwrite(str(folder / name), np.zeros((8, 8, 3), np.uint8))


@pytest.fixture
def network(small_mlpe, tmp_path) -> Path:
    exported = small_mlpe.config.with_name('pose.onnx')
    return Path(shutil.copy(exported, tmp_path))


@pytest.fixture
def claim(network, images, tmp_path) -> Callable:
    """Makes calls that claim the folder, and then find no cluster."""
    model = PoseModel(model=str(network))
    job = RayJob(address='nowhere')

    def call(
        source: Path = images,
        ann_file: str | None = None,
        refused: str = 'Invalid address format: nowhere',
    ) -> None:
        call = str(source), tmp_path / 'out', model, People(whole_image=True)
        with pytest.raises(ValueError, match=refused):
            predict_with_ray(*call, ann_file, job)

    return call


def write_shard(out: Path) -> None:
    (out / SHARDS).mkdir(exist_ok=True)
    (out / SHARDS / '0.json').write_text('')


def test_the_same_call_goes_on(claim, images, tmp_path):
    add(images, 'a.jpg', 'c.jpg')
    claim()
    write_shard(tmp_path / 'out')
    claim()


def test_a_network_that_was_exported_again_is_another_call(
    claim, images, network, tmp_path
):
    add(images, '1.jpg')
    claim()
    write_shard(tmp_path / 'out')
    graph = onnx.load(network)
    graph.doc_string = 'other weights'
    onnx.save(graph, network)
    claim(refused='of another call')


def test_a_folder_of_a_call_that_is_at_work_is_refused(
    claim, images, tmp_path
):
    add(images, 'a.jpg')
    with (
        lock_folder(tmp_path / 'out', ''),
        pytest.raises(RuntimeError, match='another prediction is at work in'),
    ):
        claim()
    assert not (tmp_path / 'out' / JOB).exists()
    claim()


def test_a_call_that_failed_before_its_first_shard_holds_nothing(
    claim, images, tmp_path
):
    add(images, '1.jpg', '2.jpg')
    claim()
    (tmp_path / 'out' / SHARDS).mkdir()
    claim(images / '1.jpg')
    write_shard(tmp_path / 'out')
    # now the folder belongs to the second call
    claim(images / '1.jpg')
    claim(refused='shards, or a checkpoint, of another call')


def test_a_folder_whose_shards_are_removed_keeps_its_call(
    claim, images, tmp_path
):
    add(images, '1.jpg', '2.jpg')
    claim()
    # with it, Ray leaves out the images that it holds
    (tmp_path / 'out' / CHECKPOINT).mkdir()
    (tmp_path / 'out' / CHECKPOINT / '0.parquet').write_text('')
    claim(images / '1.jpg', refused='or a checkpoint, of another call')


def test_a_list_whose_ids_are_places_may_not_change(claim, images, tmp_path):
    add(images, 'a.jpg', 'c.jpg')
    claim()
    write_shard(tmp_path / 'out')
    noted = (tmp_path / 'out' / JOB).read_text()
    # c.jpg was 2, which b.jpg would be now
    add(images, 'b.jpg')
    claim(refused='list of images: of 2 images, now')
    (images / 'c.jpg').unlink()
    claim(refused='of 2 images, now of 2 images')
    assert (tmp_path / 'out' / JOB).read_text() == noted


def test_images_whose_names_are_numbers_may_be_added(claim, images, tmp_path):
    add(images, '5.jpg', '9.jpg')
    claim()
    write_shard(tmp_path / 'out')
    add(images, '7.jpg')
    claim()
    # with this name, all ids are places: 5.jpg would be 1
    add(images, 'b.jpg')
    claim(refused='names are numbers, now of 4 images')


def test_images_with_ids_of_an_annotation_file_may_be_added(
    claim, images, tmp_path
):
    add(images, 'a.jpg', 'c.jpg')
    ann_file = tmp_path / 'ann.json'
    names = ['c.jpg', 'a.jpg', 'b.jpg']
    entries = [
        f'{{"id": {i}, "file_name": "{n}"}}' for i, n in enumerate(names)
    ]
    ann_file.write_text(f'{{"images": [{", ".join(entries)}]}}')
    claim(ann_file=str(ann_file))
    write_shard(tmp_path / 'out')
    add(images, 'b.jpg')
    claim(ann_file=str(ann_file))


def test_a_list_of_another_folder_is_another_call(claim, images, tmp_path):
    paths = [images / name for name in ('1.jpg', '2.jpg')]
    add(images, '1.jpg', '2.jpg')
    listed = tmp_path / 'list.txt'
    listed.write_text('\n'.join(map(str, paths)))
    claim(listed)
    write_shard(tmp_path / 'out')
    # the paths below the folder of all images would become other ones
    (tmp_path / 'more').mkdir()
    add(tmp_path / 'more', '3.jpg')
    listed.write_text('\n'.join(map(str, [*paths, tmp_path / 'more/3.jpg'])))
    claim(listed, refused='of another call')
