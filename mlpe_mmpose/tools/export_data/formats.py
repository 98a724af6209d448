"""The formats that sleap-io writes poses of images in.

Import this module only where sleap-io is installed.
"""

import functools
import shutil
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import sleap_io
import yaml
from sleap_io import LabeledFrame, Labels, Video

from mlpe_mmpose.tools.read_image import read_image


def write_nwb(labels: Labels, out: str) -> None:
    """Write the predictions as Neurodata Without Borders has them.

    NWB keeps poses by video and identity. The folder of the images stands for
    the video, and the number of an image in the COCO file for the frame.
    """
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
            frames.append(LabeledFrame(named[0].video, index, [empty]))
    renamed = Labels(frames, tracks=labels.tracks)
    sleap_io.save_nwb(renamed, out, nwb_format='predictions')


def write_coco(labels: Labels, out: str) -> None:
    """Write annotations in COCO's format, with the paths of the images."""
    names = [frame.video.filename[frame.frame_idx] for frame in labels]
    sleap_io.save_coco(labels, out, image_filenames=names)


def write_dlc(labels: Labels, out: str) -> None:
    """Write ``labeled-data/VIDEO/`` of a project of DeepLabCut.

    Its table names the images ``img0000.png``, so they are written anew.
    DeepLabCut keeps animals apart by their identities, one column each.
    """
    for number, video in enumerate(labels.videos):
        name = f'{number:02d}_{Path(video.filename[0]).parent.name}'
        folder = Path(out, 'labeled-data', name)
        folder.mkdir(parents=True)
        for index, path in enumerate(video.filename):
            png = folder / f'img{index:04d}.png'
            if Path(path).suffix.lower() == '.png':
                shutil.copyfile(path, png)
            else:
                # cv2.imwrite would raise no error on a full disk
                pixels = read_image(Path(path))
                png.write_bytes(cv2.imencode('.png', pixels)[1])
        part = Labels(
            _rename(labels, video, f'{name}.mp4'), tracks=labels.tracks
        )
        sleap_io.save_csv(
            part,
            str(folder / 'CollectedData_mlpe.csv'),
            format='dlc',
            include_score=False,
            scorer='mlpe',
        )


def write_ultralytics(labels: Labels, out: str) -> list[str]:
    """Write a YOLO-pose folder that Ultralytics trains on.

    Ultralytics refuses a ``data.yaml`` without ``val``, reads its ``path`` as
    relative to the current folder, and leaves out every image that has a
    keypoint outside. sleap-io 0.9.5 writes no ``val``, but ``path: .`` and
    such keypoints, and a ``flip_idx`` by which a mirror exchanges nothing.

    Returns:
        list[str]: What to say about the folder.
    """
    for frame in labels:
        height, width = frame.video[frame.frame_idx].shape[:2]
        for pose in frame:
            places = pose.points['xy']
            inside = (places >= 0) & (places <= (width, height))
            pose.points['visible'] &= inside.all(1)
    # an image without a pose would teach that nobody is there
    labels.clean(skeletons=False, tracks=False, empty_instances=True)
    sleap_io.save_ultralytics(labels, out, {'train': 1.0}, verbose=False)
    path = Path(out, 'data.yaml')
    config = yaml.safe_load(path.read_text())
    del config['path']  # without it, the folder of data.yaml
    config.update(
        # all images are one split
        val=config['train'],
        flip_idx=labels.skeleton.get_flipped_node_inds(),
        names={0: labels.skeleton.name or 'animal'},
        kpt_names={0: labels.skeleton.node_names},
    )
    path.write_text(yaml.safe_dump(config))
    return [
        'note: `val` of data.yaml names the images of `train`, because '
        'Ultralytics needs one. Name others there before you believe its '
        'figures'
    ]


def require_identities(labels: Labels, tool: str) -> None:
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


def _rename(labels: Labels, video: Video, name: str) -> list[LabeledFrame]:
    """Return the frames of a video as those of one with another name."""
    # in the table of DeepLabCut, sleap-io names a video of no frames `video`
    shape = (len(video.filename), 1, 1, 1)
    renamed = Video(
        filename=name,
        open_backend=False,
        backend_metadata=dict(shape=shape),
    )
    return [
        LabeledFrame(renamed, frame.frame_idx, list(frame))
        for frame in labels.find(video)
    ]


# name -> writer(labels, path), which may return notes; a file of SLEAP names
# the images by their paths
FORMATS: dict[str, Callable[[Labels, str], list[str] | None]] = {
    'slp': functools.partial(sleap_io.save_slp, embed=False, verbose=False),
    'nwb': write_nwb,
    'labelstudio': sleap_io.save_labelstudio,
    'ultralytics': write_ultralytics,
    'coco': write_coco,
    'dlc': write_dlc,
}
# formats that keep animals apart by their identities -> tool of the format
BY_TRACKS = {'nwb': 'NWB', 'dlc': 'DeepLabCut'}
BY_SUFFIX = {'.slp': 'slp', '.nwb': 'nwb'}
