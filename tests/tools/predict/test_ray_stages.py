"""The steps of the Ray pipeline, called with tables as Ray calls them."""

import json
import tracemalloc

import cv2
import numpy as np
import pytest
from onnx_detectors import write_detector

from mlpe_mmpose.apis import People, PoseModel, predict_files
from mlpe_mmpose.tools.predict.ray_stages import (
    FindPeople,
    ImageNames,
    PredictPoses,
)

pa = pytest.importorskip('pyarrow')


def read_table(folder) -> 'pa.Table':
    """The table that ``ray.data.read_binary_files`` makes."""
    paths = sorted(folder.glob('*.??g'))
    return pa.table(
        dict(
            path=[str(path) for path in paths],
            bytes=[path.read_bytes() for path in paths],
        )
    )


def test_the_steps_give_the_local_results(small_mlpe, folder, tmp_path):
    boxes = [[20, 20, 60, 60, 0.5], [30, 8, 50, 32, 0.9]]
    detector = write_detector(tmp_path / 'detector.onnx', boxes)
    model = PoseModel(model=str(small_mlpe.config.with_name('pose.onnx')))
    people, names = People(detector=str(detector)), ImageNames(str(folder))
    found = FindPeople(people, names)(read_table(folder))
    rows = PredictPoses(model, names)(found).to_pylist()

    out = tmp_path / 'local'
    predict_files(str(folder), out, model, people, pictures=False)
    results = json.loads((out / 'results.json').read_text())
    assert [row['image_id'] for row in rows] == [7, 8, 9, 11]
    assert [bool(row['error']) for row in rows] == [False, False, True, False]
    got = [
        dict(person, image_id=row['image_id'], category_id=1)
        for row in rows
        for person in row['people']
    ]
    assert len(got) == 6
    assert got == results


def test_the_images_of_a_batch_are_not_decoded_at_once(small_mlpe, tmp_path):
    detector = write_detector(tmp_path / 'a.onnx', [[0, 0, 1, 1, 0.1]])
    model = PoseModel(model=str(small_mlpe.config.with_name('pose.onnx')))
    image = np.zeros((2000, 1000, 3), np.uint8)
    content = cv2.imencode('.png', image)[1].tobytes()
    names = [f'{number}.png' for number in range(40)]
    table = pa.table(dict(path=names, bytes=[content] * len(names)))
    find = FindPeople(People(detector=str(detector)), ImageNames(''))
    predict = PredictPoses(model, ImageNames(''))
    tracemalloc.start()
    rows = predict(find(table)).to_pylist()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [row['height'] for row in rows] == [2000] * len(names)
    # the network collects a batch of 8 while it still has the one before
    assert peak < 20 * image.nbytes


def test_a_batch_without_people_has_the_types_of_the_others(
    small_mlpe, folder, tmp_path
):
    model = PoseModel(model=str(small_mlpe.config.with_name('pose.onnx')))
    names = ImageNames(str(folder))
    table = read_table(folder).slice(0, 2)
    whole = PredictPoses(model, names, People(whole_image=True))(table)
    nobody = table.append_column(
        'boxes', pa.array([[], []], pa.list_(pa.list_(pa.float32())))
    )
    empty = PredictPoses(model, names)(nobody)
    assert empty.schema == whole.schema
    assert empty['people'].to_pylist() == [[], []]


def test_images_without_a_number_need_an_id():
    names = ImageNames('bucket/images')
    assert names.find_id('bucket/images/b/000012.jpg') == 12
    for name in ('second', str(2**63)):
        with pytest.raises(ValueError, match='its name is no number up to'):
            names.find_id(f'bucket/images/b/{name}.jpg')


def test_images_that_annotations_do_not_have_get_no_id_of_their_name():
    names = ImageNames('bucket/images', {'a/first.jpg': 5})
    assert names.find_id('bucket/images/a/first.jpg') == 5
    with pytest.raises(ValueError, match=r"no image with .* 'b/000012\.jpg'"):
        names.find_id('bucket/images/b/000012.jpg')
