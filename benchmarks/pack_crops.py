"""Pack a data set as two archives of re-encoded crops, to carry it to a GPU.

    python benchmarks/pack_crops.py data/lspet OUT

The folder has `train.json` and `val.json` in COCO's format, and the images in
`train/` and `val/`. Each person gets an image of their own, cut around the box
and the labelled keypoints; the annotation moves along. OUT gets
`crops_1.tar.gz` and `crops_2.tar.gz`, each of less than 30 MB, which unpack
into one folder of the same layout:

    mkdir -p data/crops
    for part in OUT/crops_*.tar.gz; do tar xzf "$part" -C data/crops; done
"""

import argparse
import io
import json
import tarfile
from pathlib import Path

import cv2
import numpy as np

MB = 10**6


def crop_person(
    image: np.ndarray, person: dict, cut: float, longest: int
) -> tuple[np.ndarray, dict]:
    """Cut an image around a person, and move the annotation along.

    Args:
        image (np.ndarray): (h, w, 3)
        person (dict): Annotation in COCO's format
        cut (float): Longer side of the box in the crop, as a factor; the crop
            is larger where a labelled keypoint is further away
        longest (int): Largest side of the crop in pixels; a larger crop is
            resized

    Returns:
        tuple: The crop, and the annotation with ``bbox``, ``keypoints`` and
        ``area`` in its pixels.
    """
    height, width = image.shape[:2]
    x, y, w, h = person['bbox']
    points = np.array(person['keypoints'], float).reshape(-1, 3)
    seen = points[:, 2] > 0
    half = cut * max(w, h) / 2
    center = np.array([x + w / 2, y + h / 2])
    corners = np.stack([center - half, center + half])
    around = np.concatenate([corners, points[seen, :2], points[seen, :2] + 1])
    left, top = np.floor(around.min(0)).clip(0).astype(int)
    right, bottom = np.ceil(around.max(0)).clip(0).astype(int)
    crop = image[top : min(bottom, height), left : min(right, width)]
    scale = min(1, longest / max(crop.shape[:2]))
    size = [max(1, round(scale * side)) for side in crop.shape[1::-1]]
    factors = np.array(size) / crop.shape[1::-1]
    if scale < 1:
        crop = cv2.resize(crop, size, interpolation=cv2.INTER_AREA)
    moved = points.copy()
    # the centre of a pixel is at an integer
    moved[:, :2] = (points[:, :2] - [left, top] + 0.5) * factors - 0.5
    moved[~seen] = 0
    box = np.array([x - left, y - top, w, h]) * np.tile(factors, 2)
    person = dict(
        person,
        bbox=box.round(1).tolist(),
        keypoints=moved.round(1).ravel().tolist(),
    )
    if 'area' in person:
        person['area'] = round(person['area'] * float(factors.prod()), 1)
    return crop, person


def write_archives(
    parts: list[dict[str, bytes]], out: Path, limit: float
) -> list[Path]:
    """Write each part, which has contents by name, as an archive.

    Raises:
        ValueError: If an archive is not smaller than ``limit`` MB; all are
            removed then.
    """
    out.mkdir(parents=True, exist_ok=True)
    paths = []
    for number, files in enumerate(parts, 1):
        paths.append(out / f'crops_{number}.tar.gz')
        with tarfile.open(paths[-1], 'w:gz') as archive:
            for name, content in files.items():
                info = tarfile.TarInfo(name)
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
    largest = max(path.stat().st_size for path in paths) / MB
    if largest >= limit:
        for path in paths:
            path.unlink()
        raise ValueError(
            f'an archive would have {largest:.1f} MB, and may have {limit} '
            'MB. Give a lower --quality, --cut or --longest.'
        )
    return paths


def crop_split(
    data: Path, split: str, args: argparse.Namespace
) -> tuple[dict[str, bytes], dict]:
    """Crop the labelled people of ``train`` or ``val``.

    Returns:
        tuple: The content of each file by name, and the annotations, which
        are one of the files.
    """
    content = json.loads((data / f'{split}.json').read_text())
    images = {image['id']: image for image in content['images']}
    people = [
        person
        for person in content['annotations']
        if any(person['keypoints'][2::3]) and not person.get('iscrowd')
    ]
    content.update(images=[], annotations=[])
    files = {}
    for person in people:
        path = data / split / images[person['image_id']]['file_name']
        image = cv2.imread(str(path))
        if image is None:
            raise OSError(f'{path} is missing or no image.')
        crop, moved = crop_person(image, person, args.cut, args.longest)
        number, (height, width) = person['id'], crop.shape[:2]
        name = f'{number:06}.webp'
        quality = [cv2.IMWRITE_WEBP_QUALITY, args.quality]
        _, encoded = cv2.imencode('.webp', crop, quality)
        files[f'{split}/{name}'] = encoded.tobytes()
        content['images'].append(
            dict(id=number, file_name=name, width=width, height=height)
        )
        content['annotations'].append(dict(moved, image_id=number))
    text = json.dumps(content, separators=(',', ':'))
    files[f'{split}.json'] = text.encode()
    return files, content


def main(arguments: list[str] | None = None) -> None:
    """Write the archives, and say what is in them."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('data', type=Path)
    parser.add_argument('out', type=Path)
    # Our choice, for 256x256: boxes are padded by 1.25, so that 1.5 boxes have
    # 307 pixels there. At 1.2 bits a pixel, WebP is 3 dB better than JPEG.
    parser.add_argument('--cut', type=float, default=1.5)
    parser.add_argument('--longest', type=int, default=307)
    parser.add_argument('--quality', type=int, default=60)
    parser.add_argument('--limit', type=float, default=30, help='MB a file')
    args = parser.parse_args(arguments)
    parts = [{}, {}]
    for split in ('train', 'val'):
        files, content = crop_split(args.data, split, args)
        people = content['annotations']
        labels = sum(v > 0 for p in people for v in p['keypoints'][2::3])
        print(f'{split}: {len(people)} people, {labels} labelled keypoints')
        for number, (name, value) in enumerate(files.items()):
            parts[number % 2][name] = value
    for path in write_archives(parts, args.out, args.limit):
        print(f'{path}: {path.stat().st_size / MB:.1f} MB')


if __name__ == '__main__':
    main()
