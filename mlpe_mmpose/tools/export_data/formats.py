"""The formats that sleap-io writes poses of images in."""

import shutil
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np


def write_slp(labels: object, out: Path) -> None:
    """Write a file of SLEAP, which names the images by their paths."""
    import sleap_io

    sleap_io.save_slp(labels, str(out), embed=False, verbose=False)


def write_nwb(labels: object, out: Path) -> None:
    """Write the predictions as Neurodata Without Borders has them.

    NWB keeps poses by video and identity. The folder of the images stands for
    the video, and the number of an image in the COCO file for the frame.

    Raises:
        ValueError: If an image has several poses without an identity.
    """
    import sleap_io

    _require_identities(labels, 'NWB')
    frames = []
    for video in labels.videos:
        named = _rename(labels, video, str(Path(video.filename[0]).parent))
        frames += named
        # sleap-io numbers the frames right if each of them has a pose
        nobody = np.full((len(labels.skeleton), 2), np.nan)
        empty = sleap_io.PredictedInstance.from_numpy(
            nobody, labels.skeleton, track=named[0][0].track
        )
        missing = {*range(len(video.filename))}
        for index in missing - {frame.frame_idx for frame in named}:
            frames.append(
                sleap_io.LabeledFrame(named[0].video, index, [empty])
            )
    renamed = sleap_io.Labels(frames, tracks=labels.tracks)
    sleap_io.save_nwb(renamed, str(out), nwb_format='predictions')


def write_labelstudio(labels: object, out: Path) -> None:
    """Write tasks of Label Studio."""
    import sleap_io

    sleap_io.save_labelstudio(labels, str(out))


def write_ultralytics(labels: object, out: Path) -> None:
    """Write a folder of YOLO-pose: images, labels and ``data.yaml``."""
    import sleap_io

    sleap_io.save_ultralytics(
        labels, str(out), split_ratios={'train': 1.0}, verbose=False
    )


def write_coco(labels: object, out: Path) -> None:
    """Write annotations in COCO's format, with the paths of the images."""
    import sleap_io

    names = [frame.video.filename[frame.frame_idx] for frame in labels]
    sleap_io.save_coco(labels, str(out), image_filenames=names)


def write_dlc(labels: object, out: Path) -> None:
    """Write ``labeled-data/VIDEO/`` of a project of DeepLabCut.

    Its table names the images ``img0000.png``, so they are written anew.
    DeepLabCut keeps animals apart by their identities, one column each.

    Raises:
        ValueError: If an image has several poses without an identity.
    """
    import sleap_io

    _require_identities(labels, 'DeepLabCut')
    for number, video in enumerate(labels.videos):
        name = f'{number:02d}_{Path(video.filename[0]).parent.name}'
        folder = out / 'labeled-data' / name
        folder.mkdir(parents=True)
        for index, path in enumerate(video.filename):
            png = folder / f'img{index:04d}.png'
            if Path(path).suffix.lower() == '.png':
                shutil.copyfile(path, png)
            else:
                cv2.imwrite(str(png), cv2.imread(path))
        part = sleap_io.Labels(
            _rename(labels, video, f'{name}.mp4'), tracks=labels.tracks
        )
        sleap_io.save_csv(
            part,
            str(folder / 'CollectedData_mlpe.csv'),
            format='dlc',
            include_score=False,
            scorer='mlpe',
        )


def _require_identities(labels: object, tool: str) -> None:
    """Refuse several poses of an image that nothing keeps apart.

    Raises:
        ValueError: If two of them have no identity, or the same.
    """
    for frame in labels:
        identities = {pose.track for pose in frame}
        if len(identities) < len(frame) or (
            len(frame) > 1 and None in identities
        ):
            raise ValueError(
                f'{frame.video.filename[frame.frame_idx]} has {len(frame)} '
                f'poses, and {tool} keeps animals apart by their identities: '
                'each needs another `track_id` in the results.'
            )


def _rename(labels: object, video: object, name: str) -> list:
    """Return the frames of a video as those of one with another name."""
    import sleap_io

    renamed = sleap_io.Video(filename=name, open_backend=False)
    return [
        sleap_io.LabeledFrame(renamed, frame.frame_idx, list(frame))
        for frame in labels.find(video)
    ]


# name -> writer(labels, path)
FORMATS: dict[str, Callable[[object, Path], None]] = {
    'slp': write_slp,
    'nwb': write_nwb,
    'labelstudio': write_labelstudio,
    'ultralytics': write_ultralytics,
    'coco': write_coco,
    'dlc': write_dlc,
}
BY_SUFFIX = {'.slp': 'slp', '.nwb': 'nwb'}
