"""Bring Leeds Sports Pose Extended into COCO's format, for suite `lspet`.

    python benchmarks/convert_lspet.py RAW data/lspet

RAW has `joints.mat` and `images/` as the authors publish them (Johnson and
Everingham, CVPR 2011). The keypoints get CrowdPose's order, so that MMPose's
`configs/_base_/datasets/crowdpose.py` describes them. Every tenth image is to
validate on. Each image is cut around its person. In an image that was made
smaller, keypoints are up to half a pixel to the right and below of their
place, because the corner of a pixel was scaled and not its centre; the stored
results of suite `lspet` are of these labels.
"""

import argparse
import json
from pathlib import Path

import cv2
import numpy as np
import scipy.io
from mmpose.datasets.datasets.utils import parse_pose_metainfo

LSP = [
    'right_ankle',
    'right_knee',
    'right_hip',
    'left_hip',
    'left_knee',
    'left_ankle',
    'right_wrist',
    'right_elbow',
    'right_shoulder',
    'left_shoulder',
    'left_elbow',
    'left_wrist',
    'neck',
    'top_head',
]
METAINFO = dict(from_file='configs/_base_/datasets/crowdpose.py')
CROWDPOSE = list(parse_pose_metainfo(METAINFO)['keypoint_id2name'].values())
# The following numbers are our choice.
MIN_KEYPOINTS = 6  # a person with fewer is left out
CUT = 1.7  # longer side of the box in the cut image
LONGEST = 384  # largest side of a cut image in pixels
JPEG_QUALITY = 80
AREA = 0.53  # of a person, as a share of the box


def find_box(points: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Find the box of a person.

    Args:
        points (np.ndarray): (N, 2), the labelled keypoints in pixels
        size (tuple): Width and height of the image

    Returns:
        np.ndarray: Left, top, right, bottom, a tenth of the longer side and 4
        pixels around the keypoints, within the image.
    """
    low, high = points.min(0), points.max(0)
    pad = 0.1 * (high - low).max() + 4
    low, high = np.maximum(low - pad, 0), np.minimum(high + pad, size)
    return np.concatenate([low, high])


def cut_image(
    image: np.ndarray, box: np.ndarray
) -> tuple[np.ndarray, np.ndarray, float]:
    """Cut an image around a box, and shrink it to ``LONGEST`` pixels.

    Args:
        image (np.ndarray): (h, w, 3)
        box (np.ndarray): Left, top, right, bottom in pixels

    Returns:
        tuple: The cut image, its upper left corner (x, y) in the image, and
        the factor by which it was resized, at most 1.
    """
    height, width = image.shape[:2]
    half = CUT * (box[2:] - box[:2]).max() / 2
    center = (box[:2] + box[2:]) / 2
    corner = np.maximum(center - half, 0).astype(int)
    right, bottom = np.minimum(center + half, (width, height)).astype(int)
    image = image[corner[1] : bottom, corner[0] : right]
    scale = min(1, LONGEST / max(image.shape[:2]))
    if scale < 1:
        image = cv2.resize(
            image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA
        )
    return image, corner, scale


def convert_person(
    image: np.ndarray, points: np.ndarray, image_id: int
) -> tuple[np.ndarray, dict, dict] | None:
    """Cut the image of a person, and write the entries of COCO's format.

    Args:
        image (np.ndarray): (h, w, 3)
        points (np.ndarray): (K, 3), x, y in pixels, and 1 where labelled
        image_id (int): Number of the image, from 1

    Returns:
        tuple | None: The cut image, and its entries in ``images`` and in
        ``annotations``; ``None`` if too few keypoints are labelled within
        the image.
    """
    size = image.shape[1::-1]
    xy = points[:, :2]
    seen = (points[:, 2] > 0) & ((xy >= 0) & (xy < size)).all(1)
    if seen.sum() < MIN_KEYPOINTS:
        return None
    box = find_box(xy[seen], size)
    image, corner, scale = cut_image(image, box)
    moved = np.column_stack([(xy - corner) * scale, np.full(len(xy), 2.0)])
    moved = np.where(seen[:, None], moved, 0).round(1)
    left_top = (box[:2] - corner) * scale
    bbox = [*left_top, *(box[2:] - box[:2]) * scale]
    bbox = [round(float(value), 1) for value in bbox]
    height, width = image.shape[:2]
    entry = dict(
        id=image_id,
        file_name=f'{image_id:05d}.jpg',
        width=width,
        height=height,
    )
    annotation = dict(
        id=image_id,
        image_id=image_id,
        category_id=1,
        iscrowd=0,
        bbox=bbox,
        area=round(bbox[2] * bbox[3] * AREA, 1),
        num_keypoints=int(seen.sum()),
        keypoints=moved.ravel().tolist(),
    )
    return image, entry, annotation


def convert(raw: Path, out: Path) -> None:
    """Convert the whole data set, see the module.

    Raises:
        FileNotFoundError: If ``joints.mat`` or an image is missing.
    """
    order = [LSP.index(name) for name in CROWDPOSE]
    # (14, 3, N) in the file
    joints = scipy.io.loadmat(raw / 'joints.mat')['joints']
    category = dict(id=1, name='person', keypoints=CROWDPOSE)
    sets = {}
    for split in ('train', 'val'):
        (out / split).mkdir(parents=True, exist_ok=True)
        sets[split] = dict(images=[], annotations=[], categories=[category])
    for number, points in enumerate(joints.transpose(2, 0, 1)[:, order], 1):
        path = raw / f'images/im{number:05d}.jpg'
        image = cv2.imread(str(path))
        if image is None:
            raise FileNotFoundError(f'{path} is missing or damaged.')
        converted = convert_person(image, points, number)
        if converted is None:
            continue
        image, entry, annotation = converted
        split = 'train' if number % 10 else 'val'
        quality = [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY]
        cv2.imwrite(str(out / split / entry['file_name']), image, quality)
        sets[split]['images'].append(entry)
        sets[split]['annotations'].append(annotation)
    for split, content in sets.items():
        text = json.dumps(content, separators=(',', ':'))
        (out / f'{split}.json').write_text(text)
        print(f'{split}: {len(content["images"])} people')


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description=__doc__.partition('\n')[0])
    parser.add_argument('raw', type=Path, metavar='RAW')
    parser.add_argument('out', type=Path, metavar='OUT')
    args = parser.parse_args()
    convert(args.raw, args.out)
