"""Tables of DeepLabCut as its versions write them."""

import json
from pathlib import Path

import pytest

pytest.importorskip('sleap_io', reason='sleap-io is not installed')

import labels as made
from test_import_data import check_poses

from mlpe_mmpose.tools.import_data.import_data import import_data

FOLDERS = 'labeled-data/day', 'labeled-data/night'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Two folders, of three images each."""
    folder = tmp_path / 'project'
    numbers = range(3), range(3, 6)
    images = [
        made.make_images(folder / name, part)
        for name, part in zip(FOLDERS, numbers, strict=True)
    ]
    return made.make_dlc_project(folder, made.make_labels(images))


def edit(project: Path, *changes: tuple[str, str]) -> None:
    for table in project.glob('labeled-data/*/*.csv'):
        text = table.read_text()
        for old, new in changes:
            text = text.replace(old, new)
        table.write_text(text)


def test_no_image_gets_the_pose_of_another_where_one_is_missing(project):
    (project / FOLDERS[0] / 'img000.png').unlink()
    table = project / FOLDERS[0] / 'CollectedData_me.csv'
    *rows, last = table.read_text().splitlines()
    # the last frame has no label
    table.write_text('\n'.join([*rows, last.partition(',')[0] + ',' * 8]))
    with pytest.raises(FileNotFoundError, match=r'day/img000\.png.*--images'):
        import_data(project, project / 'out')


def test_a_frame_without_a_label_needs_no_image(project):
    (project / FOLDERS[0] / 'img001.png').unlink()
    table = project / FOLDERS[0] / 'CollectedData_me.csv'
    lines = table.read_text().splitlines()
    lines[4] = lines[4].partition(',')[0] + ',' * 8
    table.write_text('\n'.join(lines))
    import_data(project, project / 'out', val=0)
    content = json.loads((project / 'out/train.json').read_text())
    xs = {
        image['file_name']: annotation['keypoints'][6]
        for image, annotation in zip(
            content['images'], content['annotations'], strict=True
        )
    }
    # pose_of: the snout at 15 + number
    assert [*xs.values()] == [15, 0, 18, 19, 20]


def test_a_folder_without_its_images_is_not_left_out(project, tmp_path):
    (project / FOLDERS[1]).rename(tmp_path / 'night')
    table = tmp_path / 'night/CollectedData_me.csv'
    (project / FOLDERS[1]).mkdir()
    table.rename(project / FOLDERS[1] / table.name)
    with pytest.raises(FileNotFoundError, match=r'night/img003\.png'):
        import_data(project, tmp_path / 'out')
    import_data(project, tmp_path / 'out', tmp_path, val=0.5)
    check_poses(tmp_path / 'out', 6)


@pytest.mark.parametrize(
    'changes',
    [
        [('labeled-data/day/', 'labeled-data\\day\\')],
        # since version 2.2 the parts of the path are columns
        [
            *((f'{name}/', name.replace('/', ',') + ',') for name in FOLDERS),
            ('scorer', 'scorer,,'),
            ('bodyparts', 'bodyparts,,'),
            ('coords', 'coords,,'),
        ],
    ],
)
def test_paths_of_windows_and_of_newer_versions_are_read(project, changes):
    edit(project, *changes)
    import_data(project / 'config.yaml', project / 'out', val=0.5)
    check_poses(project / 'out', 6)
    table = project / FOLDERS[0] / 'CollectedData_me.csv'
    import_data(table, project / 'one', val=0)
    check_poses(project / 'one', 3)
    content = json.loads((project / 'one/train.json').read_text())
    # the links of the project, from the snout to the tail
    assert content['categories'][0]['skeleton'] == [[3, 4]]


def test_labels_of_a_network_are_not_those_of_a_person(project):
    table = project / FOLDERS[1] / 'CollectedData_me.csv'
    table.rename(table.with_name('machinelabels-iter0.csv'))
    import_data(project, project / 'out', val=0)
    check_poses(project / 'out', 3)


def test_unique_keypoints_are_no_animal(project):
    names = ['individuals', *['m1'] * 6, *['single'] * 2]
    edit(project, ('bodyparts', f'{",".join(names)}\nbodyparts'))
    notes = []
    import_data(project, project / 'out', val=0, say=notes.append)
    content = json.loads((project / 'out/train.json').read_text())
    assert content['categories'][0]['keypoints'] == made.NAMES[:3]
    assert len(content['annotations']) == 6
    assert any('unique keypoints of' in note for note in notes)


def test_a_table_without_its_csv_file_is_not_passed_over(project):
    table = project / FOLDERS[1] / 'CollectedData_me.csv'
    table.rename(table.with_suffix('.h5'))
    with pytest.raises(ValueError, match=r'night/.*me\.h5 has no CSV file'):
        import_data(project, project / 'out')
    table.with_suffix('.h5').unlink()
    (project / FOLDERS[0] / table.name).unlink()
    with pytest.raises(ValueError, match=r'project has no labels: no table'):
        import_data(project, project / 'out')
