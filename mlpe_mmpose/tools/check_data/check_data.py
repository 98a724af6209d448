"""Finds the mistakes in a data set that a training would not name."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from mlpe_mmpose.annotations.faults import Fault, read_json, refuse_mark
from mlpe_mmpose.annotations.fields import Use
from mlpe_mmpose.annotations.keypoints import count_labels
from mlpe_mmpose.annotations.left_out import find_left_out
from mlpe_mmpose.annotations.metainfo import find_names
from mlpe_mmpose.annotations.rules import (
    LISTS,
    find_detection_faults,
    find_faults,
)
from mlpe_mmpose.annotations.suspicions import find_suspicions

from .boxes import check_boxes
from .finding import Finding
from .images import check_images


def check_data(
    ann_file: str | Path, images: str | Path, boxes: str | Path | None = None
) -> list[Finding]:
    """Find what makes a training fail, or its AP be near 0.

    The rules are those of the data sets, the metric, the report and
    ``init-dataset``. Of a sound JPEG or PNG only the first and last bytes are
    read.

    Args:
        ann_file (str | Path): Annotations in COCO's format
        images (str | Path): Folder of their images
        boxes (str | Path, optional): Detected boxes, as MMPose's
            ``bbox_file``

    Returns:
        list[Finding]: One for each kind of mistake, errors first.

    Raises:
        OSError: If one of the JSON files cannot be read.
    """
    try:
        for path in filter(None, (ann_file, boxes)):
            refuse_mark(path)
        content = read_json(ann_file)
        detections = boxes if boxes is None else read_json(boxes)
    except ValueError as error:
        return [Finding(True, 1, 'file is damaged', str(error))]
    findings = list(_check_contents(content, detections, images))
    return sorted(findings, key=lambda finding: not finding.is_error)


def _check_contents(
    content: object, detections: object, folder: str | Path
) -> Iterator[Finding]:
    use, names = Use.TRAIN | Use.EVALUATE, find_names(content)
    faults = list(find_faults(content, use | Use.METAINFO if names else use))
    yield from _group(faults)
    if any(fault.kind == 'file' and fault.field in LISTS for fault in faults):
        return
    if not names:
        what = 'file names no keypoints in its categories'
        yield Finding(False, 1, what, 'init-dataset needs the names')
    images = _leave_out('image', content['images'], faults)
    yield from check_images(images, folder)
    images = {image['id']: image for image in images}
    people = _leave_out('annotation', content['annotations'], faults)
    lost = [p['id'] for p in people if p['image_id'] not in images]
    if lost:
        what = "annotations have an 'image_id' that no valid image has"
        yield Finding(True, len(lost), what, f'annotation {lost[0]}')
    people = [person for person in people if person['image_id'] in images]
    left_out = find_left_out(people, images)
    for reason, ids in left_out.items():
        what = f'people are not trained on: {reason}'
        yield Finding(False, len(ids), what, f'annotation {ids[0]}')
    people = _list_trained(people, left_out)
    yield from _check_people(people, images, names)
    if detections is not None:
        faults = list(find_detection_faults(detections, content))
        yield from _group(fault for fault in faults if fault.kind != 'image')
        if isinstance(detections, list):
            detections = _leave_out('detection', detections, faults)
            known = [d for d in detections if d['image_id'] in images]
            if known:
                yield from check_boxes(known, people, images)


def _check_people(
    people: Sequence[dict], images: Mapping, names: Sequence[str]
) -> Iterator[Finding]:
    """Find doubtful people among those who are trained on."""
    yield from _check_keypoints(people, names)
    for is_error, what, ids in find_suspicions(people, images, names):
        first = f'annotation {ids[0]}'
        yield Finding(is_error, len(ids), f'people: {what}', first)


def _list_trained(
    annotations: Sequence[dict], left_out: Mapping[str, list]
) -> list[dict]:
    """Return the annotations that are trained on.

    Others are a crowd, a box only, or a thing of another category.
    """
    lost = {number for ids in left_out.values() for number in ids}
    return [
        annotation
        for annotation in annotations
        if count_labels(annotation)
        and not annotation.get('iscrowd')
        and annotation['id'] not in lost
    ]


def _check_keypoints(
    people: Sequence[dict], names: Sequence[str]
) -> Iterator[Finding]:
    """Find keypoints that no person has, where the people have others."""
    flags = [person['keypoints'][2::3] for person in people]
    unlabelled = [
        name
        for k, name in enumerate(names)
        if not any(person_flags[k] for person_flags in flags)
    ]
    if 0 < len(unlabelled) < len(names):
        what = 'keypoints have no label, so a network cannot learn them'
        yield Finding(False, len(unlabelled), what, unlabelled[0])


def _group(faults: Iterable[Fault]) -> Iterator[Finding]:
    """Count the faults of each field, which are errors."""
    groups = {}
    for fault in faults:
        groups.setdefault((fault.kind, fault.field), []).append(fault)
    for (kind, field), found in groups.items():
        what = f'faults of {field!r} of {kind}s'
        yield Finding(True, len(found), what, found[0].message)


def _leave_out(kind: str, entries: list, faults: list[Fault]) -> list[dict]:
    """Return the entries that have no fault."""
    faulty = {fault.position for fault in faults if fault.kind == kind}
    return [e for position, e in enumerate(entries) if position not in faulty]
