"""From what CocoMetric has stored of each sample to scored people."""

from collections.abc import Sequence

import numpy as np
from mmpose.evaluation.functional import transform_pred

from .people import People, numbered


def gather_people(
    preds: Sequence[dict],
    score_mode: str,
    keypoint_score_thr: float,
    converter: dict | None,
) -> People | None:
    """Gather what ``CocoMetric.process`` has stored, and score it.

    Like CocoMetric, orders images by their first appearance, people of an
    image by the id of their sample, and takes each id once: samplers repeat
    samples to make batches even.

    Args:
        preds (Sequence[dict]): One dictionary a data sample
        score_mode (str): CocoMetric's argument
        keypoint_score_thr (float): CocoMetric's argument
        converter (dict, optional): CocoMetric's ``pred_converter``

    Returns:
        People | None: None if samples differ in more than in their number of
        people: in their keys, types, or kinds of ids.
    """
    preds = [pred for pred in preds if len(pred['keypoints'])]
    if not preds:
        return People.nobody()
    columns = _columns(preds, score_mode)
    if columns is None:
        return None
    # the type of CocoMetric's sum over keypoint scores, which starts with 0
    sum_type = np.asarray(0 + preds[0]['keypoint_scores'][0][0]).dtype
    if converter is not None:
        columns = transform_pred(
            columns, converter['num_keypoints'], converter['mapping']
        )
    if 'areas' not in columns:
        columns['areas'] = np.ptp(columns['keypoints'], axis=1).prod(axis=1)
    counts = [len(pred['keypoints']) for pred in preds]
    people = People(
        _repeated([pred['img_id'] for pred in preds], counts),
        _repeated([pred['category_id'] for pred in preds], counts),
        np.concatenate(
            [columns['keypoints'], columns['keypoint_scores'][..., None]],
            axis=-1,
        ),
        _scores(columns, score_mode, keypoint_score_thr, sum_type),
        columns['areas'],
        columns.get('bbox'),
    )
    rows = _unique_rows([pred['id'] for pred in preds], counts, people)
    return None if rows is None else people.take(rows)


def _columns(
    preds: list[dict], score_mode: str
) -> dict[str, np.ndarray] | None:
    """Join the samples' arrays, unless that would change a type."""
    keys = ['keypoints', 'keypoint_scores', 'bbox', 'areas']
    # not looked at in this mode, and of bottom-up models now the ground
    # truth's, now an array of ones, of another type
    keys += ['bbox_scores'] * (score_mode != 'keypoint')
    columns = {}
    counts = [len(pred['keypoints']) for pred in preds]
    for key in keys:
        arrays = [np.asarray(pred[key]) for pred in preds if key in pred]
        if not arrays:
            continue
        if [len(array) for array in arrays] != counts:
            return None
        if len({(array.dtype, array.shape[1:]) for array in arrays}) > 1:
            return None
        columns[key] = np.concatenate(arrays)
    return columns


def _repeated(values: list, counts: list[int]) -> np.ndarray:
    """Repeat samples' values for each of their people, as Python objects."""
    # CocoDataset's categories are arrays without a dimension
    plain = (
        value.tolist() if isinstance(value, np.ndarray | np.generic) else value
        for value in values
    )
    return np.fromiter(plain, dtype=object, count=len(values)).repeat(counts)


def _scores(
    columns: dict[str, np.ndarray],
    mode: str,
    threshold: float,
    sum_type: np.dtype,
) -> np.ndarray:
    """The people's scores (M,), with CocoMetric's operations in its order."""
    keypoint_scores = columns['keypoint_scores']
    bbox_scores = columns.get('bbox_scores')
    if mode == 'bbox':
        return bbox_scores
    if mode == 'keypoint':
        return keypoint_scores.mean(axis=1)
    if mode == 'bbox_rle':
        score = bbox_scores + keypoint_scores.mean(axis=1)
        return (score + keypoint_scores.max(axis=1)).astype(np.float64)
    keypoint_scores = keypoint_scores.astype(sum_type)
    counted = keypoint_scores > threshold
    total = np.zeros(len(counted), dtype=sum_type)
    # one after the other: NumPy's sum adds in another order
    for column in np.where(counted, keypoint_scores, 0).T:
        total += column
    number = counted.sum(axis=1).clip(min=1).astype(sum_type)
    return bbox_scores * (total / number)


def _unique_rows(
    ids: list, counts: list[int], people: People
) -> np.ndarray | None:
    """Rows by image, then id, each once; None where ids are of two kinds."""
    images = numbered(people.image_ids)
    listed = {issubclass(kind, Sequence) for kind in set(map(type, ids))}
    if listed == {True}:
        # bottom-up: a sample is an image, and its id a list
        return np.argsort(images, kind='stable')
    if listed == {True, False} or np.asarray(ids).dtype.kind not in 'iu':
        return None
    ids = np.repeat(ids, counts)
    rows = np.lexsort((ids, images))
    first = np.ones(len(rows), dtype=bool)
    first[1:] = np.diff(images[rows]) | np.diff(ids[rows])
    return rows[first]
