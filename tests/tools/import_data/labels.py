"""Labels of a small data set, in which each image tells its number."""

from pathlib import Path

import cv2
import numpy as np
import sleap_io

NAMES = ['leftear', 'rightear', 'snout', 'tail']
SIZE = (64, 48)


def gray_of(number: int) -> int:
    """The gray value of an image, by which a test knows its number."""
    return 20 * number + 10


def pose_of(number: int) -> np.ndarray:
    """(K, 2), other places in every image, one keypoint without a label."""
    points = np.array([[10.5, 8], [20, 9.25], [15, 20], [40, 30]])
    points[:, 0] += number
    points[number % 4] = np.nan
    return points


def make_image(number: int) -> np.ndarray:
    return np.full((*SIZE[::-1], 3), gray_of(number), np.uint8)


def make_images(folder: Path, numbers: range) -> list[str]:
    """Write one image a number."""
    folder.mkdir(parents=True)
    paths = [folder / f'img{number:03d}.png' for number in numbers]
    for number, path in zip(numbers, paths, strict=True):
        cv2.imwrite(str(path), make_image(number))
    return [str(path) for path in paths]


def make_skeleton() -> sleap_io.Skeleton:
    return sleap_io.Skeleton(
        [*NAMES],
        edges=[('snout', 'tail')],
        symmetries=[NAMES[:2]],
        name='mouse',
    )


def make_labels(folders: list[list[str]]) -> sleap_io.Labels:
    """One pose an image; images of a folder are a video."""
    skeleton, frames, number = make_skeleton(), [], 0
    for paths in folders:
        video = sleap_io.Video.from_filename(paths)
        for index in range(len(paths)):
            pose = sleap_io.Instance.from_numpy(pose_of(number), skeleton)
            frames.append(sleap_io.LabeledFrame(video, index, [pose]))
            number += 1
    return sleap_io.Labels(frames)


def make_dlc_project(folder: Path, labels: sleap_io.Labels) -> Path:
    """A project folder of DeepLabCut, around its images."""
    (folder / 'config.yaml').write_text(
        'Task: mouse\nscorer: me\nvideo_sets:\nbodyparts:\n- snout\n'
        'skeleton:\n- - snout\n  - tail\n'
    )
    rows = ['scorer' + ',me' * 8, 'bodyparts', 'coords' + ',x,y' * 4]
    rows[1] += ''.join(f',{name},{name}' for name in NAMES)
    by_folder = {}
    for frame in labels:
        path = Path(frame.video.filename[frame.frame_idx])
        values = frame.instances[0].numpy().ravel()
        text = ','.join('' if np.isnan(v) else str(v) for v in values)
        key = path.relative_to(folder).as_posix()
        by_folder.setdefault(path.parent, [*rows]).append(f'{key},{text}')
    for place, lines in by_folder.items():
        table = place / 'CollectedData_me.csv'
        table.write_text('\n'.join([*lines, '']))
    return folder
