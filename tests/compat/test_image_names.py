"""Names of images that lead out of their folder, or into a terminal."""

import json
from pathlib import Path

import pytest
from mmpose.datasets import CocoDataset

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
    'name',
    ['../secret.jpg', 'a/../../secret.jpg', '/etc/secret.jpg', '..'],
)
def test_a_name_that_leaves_the_folder_of_images_is_refused(
    coco_dataset, name
):
    with pytest.raises(ValueError, match=r'file_name.*below the folder') as e:
        renamed(coco_dataset, name)
    assert repr(name) in str(e.value)


@pytest.mark.parametrize(
    'name', ['red\x1b[31m.jpg', 'two\nlines.jpg', 'a\u2028b']
)
def test_a_name_with_control_characters_is_refused_and_shown_escaped(
    coco_dataset, name
):
    with pytest.raises(ValueError, match='control characters') as error:
        renamed(coco_dataset, name)
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
def test_other_names_are_taken_as_they_are(coco_dataset, name):
    dataset = renamed(coco_dataset, name)
    assert dataset.get_data_info(0)['img_path'].endswith(name)
