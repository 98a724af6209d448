"""The annotated people of a data set as columns."""

import dataclasses
import datetime

import numpy as np
from mmpose.evaluation.functional import transform_ann
from xtcocotools.coco import COCO

# the share of its box that a person fills, where areas are not used; of
# xtcocotools, for CrowdPose
BOX_SHARE = 0.53


@dataclasses.dataclass
class GroundTruth:
    """One row an annotation, with what xtcocotools' evaluation derives.

    Note:
        - number of images: I; they are numbered by the order of their ids,
          and so are categories
        - number of annotations: G
        - number of keypoints: K

    Args:
        image_ids (np.ndarray): (I,), sorted
        crowd_indices (list): I, CrowdPose's measure from 0 to 1; empty
            otherwise
        category_ids (np.ndarray): Sorted
        images (np.ndarray): (G,), number of the image
        categories (np.ndarray): (G,), number of the category
        keypoints (np.ndarray): (G, K, 3), (x, y, v), pixels
        boxes (np.ndarray): (G, 4), [x, y, w, h], pixels
        areas (np.ndarray): (G,), squared pixels
        num_keypoints (np.ndarray): (G,); who has 0 is ignored
        crowds (np.ndarray): (G,), 1 for a group of people in one box
        ids (np.ndarray): (G,), the annotations'
    """

    image_ids: np.ndarray
    crowd_indices: list
    category_ids: np.ndarray
    images: np.ndarray
    categories: np.ndarray
    keypoints: np.ndarray
    boxes: np.ndarray
    areas: np.ndarray
    num_keypoints: np.ndarray
    crowds: np.ndarray
    ids: np.ndarray

    @classmethod
    def from_coco(
        cls,
        coco: COCO,
        num_keypoints: int,
        crowd: bool,
        use_area: bool,
        converter: dict | None,
    ) -> 'GroundTruth':
        """Read annotations.

        Args:
            coco (COCO): Annotations, which stay as they are
            num_keypoints (int): K, after the conversion
            crowd (bool): By the rules of CrowdPose: ``num_keypoints`` is as
                annotated, and images have a ``crowdIndex``
            use_area (bool): CocoMetric's argument
            converter (dict, optional): CocoMetric's ``gt_converter``

        Raises:
            ValueError: If the annotations have another number of keypoints,
                or, with ``use_area``, one lacks its ``area``.
        """
        image_ids = np.unique(coco.getImgIds())
        category_ids = np.unique(coco.getCatIds())
        persons = coco.loadAnns(
            coco.getAnnIds(imgIds=image_ids, catIds=category_ids)
        )
        persons.sort(key=lambda p: (p['image_id'], p['category_id']))
        if converter is not None:
            size, mapping = converter['num_keypoints'], converter['mapping']
            persons = [transform_ann(dict(p), size, mapping) for p in persons]
        keypoints = _keypoints(persons, num_keypoints)
        boxes = np.array([p['bbox'] for p in persons], dtype=np.float64)
        boxes = boxes.reshape(-1, 4)
        if crowd:
            counts = np.array([p['num_keypoints'] for p in persons])
        else:
            counts = np.count_nonzero(keypoints[..., 2] > 0, axis=1)
        return cls(
            image_ids,
            [coco.imgs[i]['crowdIndex'] for i in image_ids.tolist() if crowd],
            category_ids,
            np.searchsorted(image_ids, [p['image_id'] for p in persons]),
            np.searchsorted(category_ids, [p['category_id'] for p in persons]),
            keypoints,
            boxes,
            _areas(persons, boxes, use_area),
            counts,
            np.array([int(person['iscrowd']) for person in persons]),
            np.array([person['id'] for person in persons]),
        )


def _keypoints(persons: list[dict], num_keypoints: int) -> np.ndarray:
    """The annotated keypoints (G, K, 3)."""
    lengths = {len(person['keypoints']) for person in persons}
    if lengths - {3 * num_keypoints}:
        raise ValueError(
            f'FastCocoMetric got annotations with {max(lengths) // 3} '
            f'keypoints a person, and a data set with {num_keypoints}: '
            'gt_converter makes them equal.'
        )
    keypoints = np.array([person['keypoints'] for person in persons])
    return keypoints.reshape(len(persons), num_keypoints, 3)


def _areas(
    persons: list[dict], boxes: np.ndarray, use_area: bool
) -> np.ndarray:
    """The areas (G,), annotated, or the boxes' if those are not used."""
    if not use_area:
        return boxes[:, 2] * boxes[:, 3] * BOX_SHARE
    areas = [person.get('area') for person in persons]
    if None in areas:
        raise ValueError(
            'FastCocoMetric has use_area=True, but annotation '
            f'{persons[areas.index(None)]["id"]!r} has no area: set '
            'use_area=False, and areas are estimated by the boxes.'
        )
    return np.array(areas, dtype=np.float64)


def coco_from_samples(
    gts: list[dict], categories: list[dict], crowd: bool, use_area: bool
) -> dict:
    """Build a data set in COCO's format from data samples' annotations.

    Of the content that CocoMetric's ``gt_to_coco_json`` writes, which looks
    for each sample's image among all others.

    Args:
        gts (list[dict]): One a data sample, as ``CocoMetric.process`` stores
        categories (list[dict]): Of the data set
        crowd (bool): Keep what CrowdPose needs
        use_area (bool): Keep areas

    Raises:
        AssertionError: If an annotation lacks a key that these options need.
    """
    images, annotations = {}, []
    keys = ['id', 'image_id', 'category_id', 'bbox', 'keypoints', 'iscrowd']
    keys += ['area'] * use_area + ['num_keypoints'] * crowd
    for gt in gts:
        image = dict(id=gt['img_id'], width=gt['width'], height=gt['height'])
        if crowd:
            image['crowdIndex'] = gt['crowd_index']
        images.setdefault(gt['img_id'], image)
        for person in gt['raw_ann_info']:
            if person is None:  # an image without annotated people
                continue
            for key in keys[6:]:
                assert key in person, (
                    f'FastCocoMetric needs `{key}` in annotations, with '
                    f'use_area={use_area} and '
                    f'iou_type={"keypoints_crowd" if crowd else "keypoints"!r}'
                )
            annotations.append({key: person[key] for key in keys})
    info = dict(
        date_created=str(datetime.datetime.now()),
        description='Coco json file converted by mmpose CocoMetric.',
    )
    return dict(
        info=info,
        images=list(images.values()),
        categories=categories,
        licenses=None,
        annotations=annotations,
    )
