"""Names of images, of which MMPose takes all that lead to a file."""

import json
from pathlib import Path

import pytest
from mmpose.datasets import CocoDataset

from mlpe_mmpose.annotations.fields import Use
from mlpe_mmpose.annotations.read import read_annotations

PIPELINE = [dict(type='CheckedLoadImage')]


def renamed(coco_dataset, name: str) -> CocoDataset:
    """A data set of one person whose image has another name."""
    path = Path(coco_dataset([[2] * 17], PIPELINE).ann_file)
    content = json.loads(path.read_text())
    content['images'][0]['file_name'] = name
    path.write_text(json.dumps(content))
    return CocoDataset(
        ann_file=str(path),
        data_prefix=dict(img=str(path.parent)),
        pipeline=PIPELINE,
    )


@pytest.mark.parametrize(
    'name', ['red\x1b[31m.jpg', 'two\nlines.jpg', 'a\u2028b']
)
def test_a_name_with_control_characters_is_a_fault_and_shown_escaped(
    coco_dataset, name
):
    path = renamed(coco_dataset, name).ann_file
    with pytest.raises(ValueError, match='control characters') as error:
        read_annotations(path, Use.TRAIN)
    assert repr(name) in str(error.value)
    assert name not in str(error.value)


@pytest.mark.parametrize(
    'name',
    [
        *('sub/a..b.jpg', '<b>.jpg', 'Bär 1.jpg'),
        # the space of macOS before PM, that of Japanese, and one for names
        *('3.45\u202fPM.jpg', '左\u3000肩.jpg', 'Fig.\xa01.jpg'),
    ],
)
def test_names_are_taken_as_they_are(coco_dataset, name):
    dataset = renamed(coco_dataset, name)
    assert dataset.get_data_info(0)['img_path'].endswith(name)


@pytest.mark.parametrize('folder', ['{0}', '../{0.name}'])
def test_an_image_is_found_by_an_absolute_path_or_beside_its_folder(
    coco_dataset, folder
):
    ann_file = Path(coco_dataset([[2] * 17], PIPELINE).ann_file)
    content = json.loads(ann_file.read_text())
    (image,) = content['images']
    name = f'{folder.format(ann_file.parent)}/{image["file_name"]}'
    (person,) = renamed(coco_dataset, name)
    assert person['img'].shape == (image['height'], image['width'], 3)
    read_annotations(ann_file, Use.TRAIN, images=ann_file.parent)
