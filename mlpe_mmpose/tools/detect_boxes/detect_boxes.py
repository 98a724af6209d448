"""Detects the people of a COCO data set, and rates the boxes."""

import contextlib
import io
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mlpe_mmpose.annotations.faults import read_json, refuse_faults
from mlpe_mmpose.annotations.fields import Use
from mlpe_mmpose.annotations.read import require_images
from mlpe_mmpose.annotations.rules import (
    LISTS,
    find_annotation_faults,
    find_image_faults,
    find_list_faults,
)
from mlpe_mmpose.prefetch import prefetch
from mlpe_mmpose.tools.build_detector import Detector, build_detector
from mlpe_mmpose.tools.output_file import check_output, write_then_check
from mlpe_mmpose.tools.person_boxes import PERSON, to_detections
from mlpe_mmpose.tools.read_image import read_image

AHEAD = 8  # images that wait for the detector; our choice
# entries of COCOeval.stats
STATS = {'AP': 0, 'AP50': 1, 'AP75': 2, 'AR': 8}


def detect_boxes(
    ann_file: str | Path,
    images: str | Path,
    out_file: str | Path,
    detector: str,
    checkpoint: str | None = None,
    device: str = 'cpu',
    threshold: float = 0.0,
    report: Callable[[int, int], None] | None = None,
) -> dict[str, float]:
    """Write the boxes of people in all images of a data set.

    The file has MMPose's person-detection format, which ``bbox_file`` of a
    data set and ``predict --boxes`` read.

    Args:
        ann_file (str | Path): Annotations in COCO's format
        images (str | Path): Folder of the images
        out_file (str | Path): The file to write
        detector (str): A detector, as :func:`build_detector` takes it
        checkpoint (str, optional): Its weights
        device (str): Where the detector runs. Defaults to ``'cpu'``
        threshold (float): Boxes with a lower score are left out. Defaults to
            0, because the AP of poses counts unsure people too
        report (callable, optional): Takes the number of images that are done
            and the number of all

    Returns:
        dict[str, float]: COCO's box metrics ``AP``, ``AP50``, ``AP75`` and
        ``AR`` of people; empty if no person has an annotated box.

    Raises:
        FileNotFoundError: If a file or a folder is missing.
        OSError: If images cannot be read. The file has the boxes of all
            others then; without any, it is not written.
        ValueError: If the images or annotations have a fault, ``out_file`` is
            ``ann_file``, the threshold is not from 0 to 1, the device cannot
            be used, or the detector finds nobody. Nothing is written then.
    """
    if device != 'cpu' and detector.endswith('.onnx'):
        raise ValueError(
            f'detect_boxes got device={device!r} for {detector}, and a '
            'detector in an ONNX file runs on the CPU. Leave the device out.'
        )
    out_file = Path(out_file)
    check_output(out_file, ann_file)
    dataset = read_json(ann_file)
    _check(ann_file, dataset)
    records = dataset['images']
    require_images(ann_file, records, images)
    detect = build_detector(detector, checkpoint, device, threshold)
    detections, unreadable = _detect(records, Path(images), detect, report)
    if not detections and not unreadable:
        raise ValueError(
            f'{detector} finds nobody with a score of at least {threshold} in '
            f'the {len(records)} images of {ann_file}. Lower the threshold, '
            'or take another detector.'
        )
    if detections:
        with write_then_check(out_file) as path:
            path.write_text(json.dumps(detections))
    if unreadable:
        raise OSError(
            f'{len(unreadable)} of the {len(records)} images of {ann_file} '
            f'cannot be read, and have no boxes in {out_file}: '
            + '; '.join(unreadable)
        )
    return rate_boxes(dataset, detections)


def _check(ann_file: str | Path, dataset: object) -> None:
    """Refuse images and annotations that the boxes cannot be rated by."""
    refuse_faults(ann_file, find_list_faults(dataset, ['images']))
    refuse_faults(ann_file, find_image_faults(dataset['images'], Use.TRAIN))
    # the list of images of COCO's test-dev has no annotations
    if dataset.get('annotations'):
        refuse_faults(ann_file, find_list_faults(dataset, LISTS))
        faults = find_annotation_faults(
            dataset['annotations'], Use.EVALUATE, ()
        )
        refuse_faults(ann_file, faults)


def _detect(
    records: Sequence[dict[str, Any]],
    folder: Path,
    detect: Detector,
    report: Callable[[int, int], None] | None,
) -> tuple[list[dict[str, Any]], list[str]]:
    """Detect people, and say which images cannot be read."""
    detections, unreadable = [], []
    pictures = prefetch(_read(records, folder), AHEAD)
    pairs = zip(records, pictures, strict=True)
    for done, (record, picture) in enumerate(pairs, start=1):
        if isinstance(picture, OSError):
            unreadable.append(f'image {record["id"]}, {picture}')
        else:
            (boxes,) = detect([picture])
            detections += to_detections(record['id'], boxes)
        if report is not None:
            report(done, len(records))
    return detections, unreadable


def _read(
    records: Sequence[dict[str, Any]], folder: Path
) -> Iterator[np.ndarray | OSError]:
    """Read the images of a data set; an error stands for a damaged one."""
    for record in records:
        path = folder / record['file_name']
        try:
            yield read_image(path)
        except OSError as error:
            yield type(error)(f'{path}: {error}')


def rate_boxes(
    dataset: dict[str, Any], detections: list[dict[str, Any]]
) -> dict[str, float]:
    """Compute COCO's box metrics of people.

    Args:
        dataset (dict): Annotations in COCO's format
        detections (list[dict]): Boxes, see :func:`to_detections`

    Returns:
        dict[str, float]: ``AP``, ``AP50``, ``AP75`` and ``AR``; empty if no
        person has an annotated box.
    """
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    people = [
        dict(
            annotation,
            # COCOeval takes the id 0 for "no match"
            id=number,
            iscrowd=annotation.get('iscrowd') or 0,
            area=annotation.get('area') or np.prod(annotation['bbox'][2:]),
        )
        for number, annotation in enumerate(
            dataset.get('annotations') or (), start=1
        )
        if annotation['category_id'] == PERSON and annotation.get('bbox')
    ]
    if not people:
        return {}
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO()
        truth.dataset = dict(dataset, annotations=people)
        truth.createIndex()
        if not detections:
            return dict.fromkeys(STATS, 0.0)
        evaluation = COCOeval(truth, truth.loadRes(detections), 'bbox')
        evaluation.params.catIds = [PERSON]
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return {
        name: float(evaluation.stats[place]) for name, place in STATS.items()
    }
