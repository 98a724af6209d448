"""Generate people and detections for the benchmark of the evaluation."""

import numpy as np

# People and detections of an image: 2,500 images have about 11,000 people, as
# many as val2017 has, and 50,000 detections.
PEOPLE, DETECTIONS, KEYPOINTS = 4.4, 20, 17


def make_images(number: int) -> list[dict]:
    """Make images with annotated people, and the samples of a model for them.

    Returns:
        list[dict]: For each image ``image`` and ``annotations`` in COCO's
        format, and ``samples`` as ``CocoMetric.process`` takes them.
    """
    rng = np.random.default_rng(0)
    images = []
    for image_id in range(1, number + 1):
        people = max(1, rng.poisson(PEOPLE))
        # heights from COCO's smallest people to those that fill an image
        heights = np.exp(rng.uniform(np.log(35), np.log(400), (people, 1)))
        sizes = heights * (0.5, 1)
        corners = rng.uniform(0, 1, (people, 2)) * (560, 400)
        poses = rng.uniform(0, 1, (people, KEYPOINTS, 2))
        poses = corners[:, None] + poses * sizes[:, None]
        # COCO labels about two thirds of the keypoints
        flags = rng.choice([0, 1, 2], (people, KEYPOINTS), p=[0.35, 0.1, 0.55])
        flags[rng.random(people) < 0.1] = 0  # small people, crowds
        boxes = np.concatenate([corners, sizes], axis=1)
        images.append(
            dict(
                image=dict(id=image_id, crowdIndex=rng.random()),
                annotations=[
                    annotate(image_id, i, *person, rng.random() < 0.2)
                    for i, person in enumerate(
                        zip(boxes, poses, flags, strict=True)
                    )
                ],
                samples=predict(image_id, boxes, poses, rng),
            )
        )
    return images


def annotate(
    image_id: int,
    number: int,
    box: np.ndarray,
    pose: np.ndarray,
    flags: np.ndarray,
    crowd: bool,
) -> dict:
    """Return the COCO annotation of a person.

    Without a labelled keypoint the annotation can be that of a crowd.
    """
    keypoints = np.column_stack([pose.round(), flags])
    keypoints[flags == 0] = 0
    return dict(
        id=image_id * 100 + number,
        image_id=image_id,
        category_id=1,
        bbox=box.round(2).tolist(),
        area=float(box[2:].prod() * 0.6),
        keypoints=keypoints.astype(int).reshape(-1).tolist(),
        num_keypoints=int((flags > 0).sum()),
        iscrowd=int(crowd and not flags.any()),
    )


def predict(
    image_id: int,
    boxes: np.ndarray,
    poses: np.ndarray,
    rng: np.random.Generator,
) -> list[dict]:
    """Make the detections of an image, with small to large errors."""
    owners = rng.integers(len(boxes), size=DETECTIONS)
    # standard deviations as shares of a person's height
    errors = rng.choice([0.01, 0.03, 0.1, 0.5], DETECTIONS)
    blur = (errors * boxes[owners, 3])[:, None, None]
    keypoints = poses[owners] + blur * rng.normal(size=poses[owners].shape)
    corners = np.concatenate([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]], 1)
    arrays = (
        keypoints,
        rng.uniform(0.1, 1, (DETECTIONS, KEYPOINTS)),
        corners[owners],
        rng.uniform(0.05, 1, DETECTIONS) * (1 - errors),
        boxes[owners, 2:] * 1.25,
    )
    samples = []
    for row in range(DETECTIONS):
        points, scores, corner, score, scale = (
            array[row : row + 1].astype(np.float32) for array in arrays
        )
        truth = dict(bboxes=corner, bbox_scores=score, bbox_scales=scale)
        samples.append(
            dict(
                id=image_id * DETECTIONS + row,
                img_id=image_id,
                category_id=1,
                gt_instances=truth,
                pred_instances=dict(
                    keypoints=points,
                    keypoint_scores=scores,
                    bboxes=corner,
                    bbox_scores=score,
                ),
            )
        )
    return samples
