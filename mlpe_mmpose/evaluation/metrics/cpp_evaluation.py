"""COCO's keypoint evaluation by faster-coco-eval, in C++."""

from collections.abc import Callable

import numpy as np
from faster_coco_eval import COCO, COCOeval_faster
from xtcocotools import coco as xtcoco

# the figures of an `iou_type`, in xtcocotools' order
STATS = {
    'keypoints': (
        *('AP', 'AP .5', 'AP .75', 'AP (M)', 'AP (L)'),
        *('AR', 'AR .5', 'AR .75', 'AR (M)', 'AR (L)'),
    ),
    'keypoints_crowd': (
        *('AP', 'AP .5', 'AP .75', 'AR', 'AR .5', 'AR .75'),
        *('AP(E)', 'AP(M)', 'AP(H)'),
    ),
}


def evaluate_in_cpp(
    coco: xtcoco.COCO,
    annotations: list[dict],
    detections: list[dict],
    sigmas: np.ndarray,
    iou_type: str,
    log: Callable[[str], object],
) -> dict[str, float]:
    """Compute xtcocotools' figures; the dictionaries are changed in place.

    Args:
        coco (COCO): Images and categories
        annotations (list[dict]): Each with ``image_id``, ``category_id``,
            ``bbox``, ``area``, ``keypoints``, ``iscrowd``, and
            ``num_keypoints``, which is 0 for an annotation to ignore
        detections (list[dict]): Each with ``image_id``, ``category_id``,
            ``area``, ``keypoints`` in shape (3K,) and ``score``
        sigmas (np.ndarray): (K,), labelling uncertainty of each keypoint
        iou_type (str): One of ``STATS``
        log (callable): Takes the lines of the summary

    Returns:
        dict[str, float]: The figures by the names of ``STATS``, in their
        order; -1 where there is nothing to find.

    Raises:
        AssertionError: If the image of a detection is not in ``coco``.
    """
    # faster-coco-eval takes no words for ids, and the id 0 for "no match"
    images, categories = (
        {name: number for number, name in enumerate(np.unique(names).tolist())}
        for names in (coco.getImgIds(), coco.getCatIds())
    )
    for row in detections:
        assert row['image_id'] in images, (
            'Results do not correspond to current coco set, which has no '
            f'image {row["image_id"]!r}.'
        )
    # COCO ignores a detection without any score above 0
    detections = [d for d in detections if (d['keypoints'][2::3] > 0).any()]
    dataset = dict(
        images=[coco.imgs[name] | dict(id=i) for name, i in images.items()],
        categories=[dict(id=number) for number in categories.values()],
    )
    sides = []
    for rows in annotations, detections:
        for number, row in enumerate(rows, 1):
            row['id'] = number
            row['image_id'] = images[row['image_id']]
            row['category_id'] = categories.get(row['category_id'], -1)
        sides.append(COCO(dict(dataset, annotations=rows)))
    # CrowdPose's split copies this data set, to read its images
    sides[0].annotation_file = dataset
    evaluation = COCOeval_faster(*sides, iou_type, kpt_oks_sigmas=sigmas)
    evaluation.evaluate()
    evaluation.accumulate()
    evaluation.print_function = log
    evaluation.summarize()
    return dict(
        zip(STATS[iou_type], map(float, evaluation.stats), strict=True)
    )
