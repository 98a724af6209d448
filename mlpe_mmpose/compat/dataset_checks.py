"""Refuse annotations that MMPose cannot train on, before it trains.

With some annotations MMPose fails in a message that names no annotation, with
others the loss becomes NaN, and others are left out without a message. All of
COCO's *instances* file is left out, for lack of keypoints, and MMEngine then
fails with "need at least one array to concatenate".

What MMPose has read is checked in arrays, which costs little. Only where that
fails, the rules of :mod:`mlpe_mmpose.annotations` find the annotation.
"""

import functools
from collections.abc import Iterator, Sequence

import numpy as np
from mmengine.fileio import get_local_path
from mmengine.logging import MMLogger
from mmpose.datasets.datasets.base import BaseCocoStyleDataset as Dataset

from mlpe_mmpose.annotations.faults import (
    Fault,
    fault_of_file,
    read_json,
    refuse_faults,
    refuse_mark,
)
from mlpe_mmpose.annotations.fields import (
    MAX_COORDINATE,
    PERSON,
    Use,
    is_image_name,
)
from mlpe_mmpose.annotations.keypoints import count_labels
from mlpe_mmpose.annotations.left_out import find_left_out
from mlpe_mmpose.annotations.rules import find_detection_faults, find_faults
from mlpe_mmpose.annotations.suspicions import find_suspicions

# our choice: so many people show what is doubtful in a file, and cost little
SAMPLE = 1000
read_annotations = Dataset._load_annotations
read_samples = Dataset.load_data_list


def install() -> None:
    """Let MMPose's data sets check what they have read."""
    Dataset._load_annotations = _read_checked_annotations
    Dataset.load_data_list = _read_checked_samples


@functools.wraps(read_samples)
def _read_checked_samples(self: Dataset) -> list[dict]:
    """Refuse samples that a training cannot use.

    Raises:
        ValueError: Names the file, the annotation, the field and its value.
    """
    try:
        data_list = read_samples(self)
        _check_samples(data_list, self)
    except Exception as error:
        _explain(self)
        raise ValueError(
            f'{type(self).__name__} cannot be trained or tested with ann_file='
            f'{self.ann_file!r}, bbox_file={self.bbox_file!r}: '
            # MMPose has assertions without a message
            f'{str(error) or repr(error)}'
        ) from error
    return data_list


@functools.wraps(read_annotations)
def _read_checked_annotations(self: Dataset) -> tuple[list[dict], list[dict]]:
    """Refuse ids that entries share, and say which people are left out."""
    result = read_annotations(self)
    content, coco = self.coco.dataset, self.coco
    # an image may be listed more than once, as where files were joined
    images = {(i['id'], i.get('file_name')) for i in content.get('images', ())}
    people = content.get('annotations', ())
    if len(coco.anns) < len(people) or len(coco.imgs) < len(images):
        raise ValueError('two images or two annotations have the same id.')
    if not all(is_image_name(i['file_name']) for i in coco.imgs.values()):
        raise ValueError(
            'a file_name leaves the folder of images, or has control '
            'characters.'
        )
    if _is_plain(self) and self.data_mode == 'topdown':
        _warn(self)
    return result


def _warn(dataset: Dataset) -> None:
    """Log who is left out of the training, and what is doubtful."""
    logger = MMLogger.get_current_instance()
    images = dataset.coco.imgs
    annotations = dataset.coco.dataset.get('annotations', [])
    total = len(annotations)
    for reason, ids in find_left_out(annotations, images).items():
        logger.warning(
            f'{dataset.ann_file}: {len(ids)} of {total} annotations have '
            f'labelled keypoints, and {type(dataset).__name__} leaves them '
            f'out: {reason}. Their ids start with {str(ids[:5])[1:-1]}.'
        )
    sample = annotations[:: max(1, total // SAMPLE)]
    for _, what, ids in find_suspicions(sample, images, _get_names(dataset)):
        logger.warning(
            f'{dataset.ann_file}: {len(ids)} of {len(sample)} annotations are '
            f'doubtful: {what}. Their ids start with {str(ids[:5])[1:-1]}. '
            '`python -m mlpe_mmpose check-data` looks at all.'
        )


def _is_plain(dataset: Dataset) -> bool:
    """Whether a data set reads annotations as COCO's are."""
    return type(dataset).parse_data_info is Dataset.parse_data_info


def _get_names(dataset: Dataset) -> list[str]:
    return list(dataset.metainfo['keypoint_id2name'].values())


def _check_samples(data_list: Sequence[dict], dataset: Dataset) -> None:
    """Refuse samples with which the loss is NaN or the training fails.

    Raises:
        ValueError: If there is no sample, or a sample has a number that is
            none, or another number of keypoints.
    """
    # MMEngine fails with an empty list only where it serializes the list
    if not data_list and dataset.serialize_data:
        raise ValueError(
            "no person has a box and keypoints. COCO's keypoints are in "
            'annotations/person_keypoints_*.json.'
        )
    num_keypoints = dataset.metainfo['num_keypoints']
    if not _are_usable(data_list, num_keypoints):
        info = next(
            i for i in data_list if not _are_usable([i], num_keypoints)
        )
        raise ValueError(
            f'a box, visibility or labelled keypoint is no number, or there '
            f'are other than {num_keypoints} keypoints: {info}'
        )


def _are_usable(data_list: Sequence[dict], num_keypoints: int) -> bool:
    """Whether samples have K keypoints, and numbers where they are read."""
    boxes, keypoints, visible = (
        [info[key] for info in data_list if info.get(key) is not None]
        for key in ('bbox', 'keypoints', 'keypoints_visible')
    )
    if any(points.shape[1] != num_keypoints for points in keypoints):
        return False
    # bottom-up samples of images without people have no keypoints
    if not keypoints:
        return True
    visible = np.concatenate(visible)
    # the position of a keypoint that is not labelled is not read
    positions = np.concatenate(keypoints)[visible > 0]
    numbers = [positions, visible]
    # a data set may give centre and scale in the place of boxes
    if boxes:
        numbers.append(np.concatenate(boxes))
    are_valid = [(np.abs(array) <= MAX_COORDINATE).all() for array in numbers]
    return all(are_valid) and bool((visible >= 0).all())


def _explain(dataset: Dataset) -> None:
    """Refuse the files of a data set if the rules find a fault in them.

    Raises:
        ValueError: Names the file, the annotation, the field and its value.
    """
    # another method may read another format
    if type(dataset)._load_annotations is not _read_checked_annotations:
        return
    with get_local_path(dataset.ann_file) as path:
        refuse_mark(path)
        content = read_json(path)
    if dataset.bbox_file:
        with get_local_path(dataset.bbox_file) as path:
            refuse_mark(path)
            detections = read_json(path)
        faults = find_detection_faults(detections, content)
        refuse_faults(dataset.bbox_file, faults)
        refuse_faults(dataset.bbox_file, _find_no_person(detections))
    else:
        names = _get_names(dataset) if _is_plain(dataset) else ()
        faults = find_faults(content, Use.TRAIN, names)
        refuse_faults(dataset.ann_file, faults)
        if dataset.data_mode == 'topdown':
            refuse_faults(dataset.ann_file, _find_nobody(content))


def _find_no_person(detections: Sequence[dict]) -> Iterator[Fault]:
    """Say that MMPose reads the boxes of one category only."""
    ids = {detection['category_id'] for detection in detections}
    if ids and PERSON not in ids:
        yield fault_of_file(
            'category_id',
            f"no detection with 'category_id' {PERSON}, the only one that "
            f'MMPose reads; it has {sorted(ids, key=str)[:5]}',
        )


def _find_nobody(content: dict) -> Iterator[Fault]:
    """Say why a file without other faults has nobody to train on."""
    annotations, images = content['annotations'], content['images']
    left_out = find_left_out(annotations, {i['id']: i for i in images})
    labelled = sum(
        count_labels(a) > 0 and not a.get('iscrowd') for a in annotations
    )
    if labelled == sum(map(len, left_out.values())) > 0:
        reasons = '; '.join(
            f'annotation {ids[0]} and {len(ids) - 1} others: {reason}'
            for reason, ids in left_out.items()
        )
        yield fault_of_file(
            '', f'keypoints, and all people are left out ({reasons})'
        )
