"""Images that were moved are found below --images, each its own."""

from pathlib import Path

import pytest

pytest.importorskip('sleap_io', reason='sleap-io is not installed')

import labels as made
import sleap_io
from test_import_data import check_poses, save_labelstudio, save_slp

from mlpe_mmpose.tools.import_data.import_data import import_data


@pytest.fixture
def two_cages() -> list[str]:
    """Two folders, whose images have the same names."""
    return ['Käfig 1', 'Käfig 2/oben']


@pytest.fixture
def labels(tmp_path: Path, two_cages: list[str]) -> sleap_io.Labels:
    """Labels of images that each are a video, as of different sizes."""
    skeleton, frames, number = made.make_skeleton(), [], 0
    for cage in two_cages:
        numbers = range(number, number + 3)
        paths = made.make_images(tmp_path / 'in' / cage, numbers)
        for index, path in enumerate(paths):
            # the same name in each folder
            path = Path(path).rename(Path(path).with_name(f'{index}.png'))
            pose = sleap_io.Instance.from_numpy(made.pose_of(number), skeleton)
            video = sleap_io.Video.from_filename([str(path)])
            frames.append(sleap_io.LabeledFrame(video, 0, [pose]))
            number += 1
    return sleap_io.Labels(frames)


@pytest.mark.parametrize('save', [save_slp, save_labelstudio])
def test_images_of_equal_names_are_found_by_their_folders(
    labels, tmp_path, save
):
    source = save(labels, tmp_path)
    (tmp_path / 'in').rename(tmp_path / 'moved')
    import_data(source, tmp_path / 'out', tmp_path / 'moved', val=0.5)
    check_poses(tmp_path / 'out', 6)


def test_one_image_is_not_taken_for_two(labels, tmp_path, two_cages):
    source = save_slp(labels, tmp_path)
    flat = tmp_path / 'in' / two_cages[0]
    flat.rename(tmp_path / 'flat')
    (tmp_path / 'in').rename(tmp_path / 'elsewhere')
    with pytest.raises(ValueError, match=r'Käfig 2/oben/0\.png would both be'):
        import_data(source, tmp_path / 'out', tmp_path / 'flat')
    assert not (tmp_path / 'out').exists()


def test_what_is_not_below_the_folder_is_named(labels, tmp_path):
    source = save_labelstudio(labels, tmp_path)
    (tmp_path / 'in').rename(tmp_path / 'moved')
    with pytest.raises(FileNotFoundError, match=r'0\.png .*the end of it'):
        import_data(source, tmp_path / 'out', tmp_path / 'none')
