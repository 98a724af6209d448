"""COCO's keypoint evaluation by faster-coco-eval, in C++."""

import dataclasses
from collections.abc import Callable

import numpy as np
from faster_coco_eval import COCO, COCOeval_faster

from ..functional import image_oks
from .ground_truth import GroundTruth
from .people import People

# of an image and a category, those with the highest scores are evaluated:
# COCO's number for keypoints
MAX_DETECTIONS = 20


def evaluate_people(
    truth: GroundTruth,
    people: People,
    sigmas: np.ndarray,
    iou_type: str,
    log: Callable[[str], object],
) -> np.ndarray:
    """Compute xtcocotools' figures, which are MMPose's.

    What faster-coco-eval sees differently is settled before it meets the
    data: who is ignored for lack of keypoints, whose area is what, that
    annotations may share an id or have the id 0, that images may be named by
    words. And it would compute similarities one annotation after the other.

    Args:
        truth (GroundTruth): The annotated people
        people (People): The predicted people
        sigmas (np.ndarray): (K,), labelling uncertainties
        iou_type (str): ``'keypoints'`` or ``'keypoints_crowd'``
        log (callable): Takes the lines of the summary

    Returns:
        np.ndarray: (10,) for keypoints, (9,) for keypoints_crowd, in
        xtcocotools' order; -1 where there is nothing to find.

    Raises:
        AssertionError: If a prediction's image is not among the annotated.
    """
    people = _best(_numbered(people, truth))
    annotated = _coco(
        truth,
        image_id=truth.images,
        category_id=truth.categories,
        area=truth.areas,
        iscrowd=truth.crowds,
        num_keypoints=truth.num_keypoints,
    )
    predicted = _coco(
        truth,
        image_id=people.image_ids,
        category_id=people.category_ids,
        area=_areas(people),
        score=people.scores,
    )
    evaluation = _Evaluation(annotated, predicted, iouType=iou_type)
    evaluation.similarities = _similarities(truth, people, sigmas)
    evaluation.evaluate()
    evaluation.accumulate()
    evaluation.print_function = log
    evaluation.summarize()
    return evaluation.stats


class _Evaluation(COCOeval_faster):
    """faster-coco-eval with the similarities computed beforehand."""

    similarities: dict[tuple[int, int], np.ndarray]

    def computeOks(self, imgId: int, catId: int) -> np.ndarray:  # noqa: N802, N803
        """Similarities (D, G) of an image and a category, D by score."""
        return self.similarities[imgId, catId]


def _numbered(people: People, truth: GroundTruth) -> People:
    """Number images and categories as the truth; drop who has no keypoint.

    Categories that the truth does not know are -1, and not evaluated.
    """
    images = _numbers(people.image_ids, truth.image_ids)
    if len(strange := people.image_ids[images < 0]):
        raise AssertionError(
            'Results do not correspond to current coco set: '
            f'{len(set(strange))} of their images are not in it, such as '
            f'{strange[0]!r}.'
        )
    categories = _numbers(people.category_ids, truth.category_ids)
    people = dataclasses.replace(
        people, image_ids=images, category_ids=categories
    )
    seen = (people.keypoints[..., 2] > 0).any(axis=1)
    return people.take(np.flatnonzero(seen))


def _numbers(values: np.ndarray, names: np.ndarray) -> np.ndarray:
    """Each value's place among the names, -1 for those that are no name."""
    places = {name: place for place, name in enumerate(names.tolist())}
    return np.array([places.get(value, -1) for value in values], dtype=int)


def _best(people: People) -> People:
    """By image, category and falling score, those that count."""
    # of equal scores the first stays first, as in xtcocotools
    order = np.lexsort((-people.scores, people.category_ids, people.image_ids))
    people = people.take(order)
    groups = _groups(people.image_ids, people.category_ids).values()
    best = [rows[:MAX_DETECTIONS] for rows in groups]
    return people.take(np.concatenate(best)) if best else people


def _groups(
    images: np.ndarray, categories: np.ndarray
) -> dict[tuple[int, int], np.ndarray]:
    """The rows of each image and category; those of a group are adjacent."""
    pairs = np.stack([images, categories], axis=1)
    starts = np.flatnonzero(np.diff(pairs, axis=0, prepend=-1).any(axis=1))
    rows = np.split(np.arange(len(pairs)), starts[1:])
    return dict(zip(map(tuple, pairs[starts].tolist()), rows, strict=False))


def _areas(people: People) -> np.ndarray:
    """The areas (M,) of the boxes, else of the keypoints' extents."""
    if people.boxes is not None:
        sides = people.boxes[:, 2:]
    else:
        sides = np.ptp(people.keypoints[..., :2], axis=1)
    return sides.astype(np.float64).prod(axis=1)


def _coco(truth: GroundTruth, **columns: np.ndarray) -> COCO:
    """A data set in the library's form, ids from 1."""
    images = [dict(id=i) for i in range(len(truth.image_ids))]
    for image, index in zip(images, truth.crowd_indices, strict=False):
        image['crowdIndex'] = index
    rows = zip(*(column.tolist() for column in columns.values()), strict=True)
    return COCO(
        dict(
            images=images,
            categories=[dict(id=i) for i in range(len(truth.category_ids))],
            annotations=[
                dict(zip(columns, row, strict=True), id=number)
                for number, row in enumerate(rows, 1)
            ],
        )
    )


def _similarities(
    truth: GroundTruth, people: People, sigmas: np.ndarray
) -> dict[tuple[int, int], np.ndarray]:
    """Similarities (D, G) of every image and category with both."""
    predicted = _groups(people.image_ids, people.category_ids)
    annotated = _groups(truth.images, truth.categories)
    shapes, pairs = {}, [np.zeros((0, 2), dtype=int)]
    for group in predicted.keys() & annotated.keys():
        rows, columns = predicted[group], annotated[group]
        shapes[group] = len(rows), len(columns)
        pairs.append(
            np.stack(
                [rows.repeat(len(columns)), np.tile(columns, len(rows))],
                axis=1,
            )
        )
    similarities = image_oks(
        people.keypoints[..., :2],
        truth.keypoints,
        truth.boxes,
        truth.areas,
        sigmas,
        np.concatenate(pairs),
    )
    ends = np.cumsum([height * width for height, width in shapes.values()])
    blocks = np.split(similarities, ends[:-1]) if shapes else []
    return {
        group: block.reshape(shape)
        for (group, shape), block in zip(shapes.items(), blocks, strict=True)
    }
