"""Results on COCO's test sets, packed as the evaluation server takes them."""

import json
import re
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from mlpe_mmpose.annotations.faults import read_json, refuse_faults
from mlpe_mmpose.annotations.fields import Use
from mlpe_mmpose.annotations.rules import find_image_faults

from ..output_file import write_then_check
from ..person_boxes import PERSON
from ..results_file import read_results

KEYPOINTS = 17
# images of image_info_test-dev2017.json
TEST_DEV_IMAGES = 20_288
KEYS = ('image_id', 'category_id', 'keypoints', 'score')
RESULTS_SOURCE = (
    '`mim test` writes it with `--cfg-options test_evaluator.format_only=True '
    'test_evaluator.outfile_prefix=DIR/results`, as '
    'DIR/results.keypoints.json.'
)
IMAGES_SOURCE = (
    'COCO publishes it with the test images, as image_info_test-dev2017.json.'
)
# detections of an image that COCO's keypoint evaluation looks at
COUNTED = 20


def pack_results(
    results: str | Path,
    image_info: str | Path,
    algorithm: str,
    out_dir: str | Path,
    split: str = 'test-dev2017',
    say: Callable[[str], None] = print,
) -> Path:
    """Pack a results file for COCO's evaluation server.

    Writes ``person_keypoints_SPLIT_ALGORITHM_results.zip``, which holds a
    JSON file of the same name, with COCO's four keys for every person.
    Coordinates are rounded to tenths, as COCO recommends, and flags are 1.

    Args:
        results (str | Path): ``*.keypoints.json`` that FastCocoMetric or
            CocoMetric wrote, of COCO's 17 keypoints
        image_info (str | Path): COCO's list of the split's images, as
            ``image_info_test-dev2017.json``
        algorithm (str): Name of the method: letters, digits, ``-``, ``.``
        out_dir (str | Path): Where the file goes; made if it is missing
        split (str): The server's name of the split, of the same characters.
            Defaults to ``'test-dev2017'``
        say (callable): Takes notes. Defaults to ``print``

    Returns:
        Path: The zip file.

    Raises:
        FileNotFoundError: If ``results`` or ``image_info`` is no file.
        OSError: If a file cannot be read or written.
        ValueError: If a name has other characters, a file is not JSON of its
            kind, or a person is not in COCO's format or in no image of the
            list. Nothing is written.
    """
    # an underscore parts the words of the file's name
    for argument, name in (('algorithm', algorithm), ('split', split)):
        if not re.fullmatch(r'[A-Za-z0-9.-]+', name):
            raise ValueError(
                'pack_results needs a name of letters, digits, "-" and ".", '
                f'got {argument}={name!r}.'
            )
    results, image_info = Path(results), Path(image_info)
    _require_file(f'the results, {results},', results, RESULTS_SOURCE)
    _require_file(
        f'the list of images, {image_info},', image_info, IMAGES_SOURCE
    )
    images = _read_image_ids(image_info)
    detections = read_results(results, images, KEYPOINTS)
    for number, detection in enumerate(detections):
        if detection['category_id'] != PERSON:
            raise ValueError(
                f'{results}, the pose at position {number} (from 0): '
                f"'category_id' is {detection['category_id']!r} instead of "
                f'{PERSON}, COCO\'s "person".'
            )
    packed = [_pack(detection) for detection in detections]
    _note(packed, images, split, say)

    out_dir = Path(out_dir)
    out_dir.mkdir(parents=True, exist_ok=True)
    name = f'person_keypoints_{split}_{algorithm}_results'
    out_file = out_dir / f'{name}.zip'
    with (
        write_then_check(out_file) as unproven,
        zipfile.ZipFile(unproven, 'w', zipfile.ZIP_DEFLATED) as file,
    ):
        text = json.dumps(packed, separators=(',', ':'), allow_nan=False)
        file.writestr(f'{name}.json', text)
    return out_file


def _require_file(what: str, path: Path, source: str) -> None:
    """Say where a file comes from, if it is missing."""
    if not path.is_file():
        state = 'is a folder' if path.is_dir() else 'does not exist'
        raise FileNotFoundError(f'{what} {state}. {source}')


def _read_image_ids(path: Path) -> set[int]:
    """Read the ids of the split's images."""
    content = read_json(path)
    if not isinstance(content, dict) or not content.get('images'):
        raise ValueError(f'{path} has no `images`. {IMAGES_SOURCE}')
    refuse_faults(path, find_image_faults(content['images'], Use.EVALUATE))
    return {image['id'] for image in content['images']}


def _pack(detection: dict) -> dict:
    """Return a detection in COCO's format, with COCO's keys only."""
    keypoints = [round(value, 1) for value in detection['keypoints']]
    keypoints[2::3] = [1] * KEYPOINTS
    return {key: detection[key] for key in KEYS} | dict(keypoints=keypoints)


def _note(
    people: list[dict],
    images: set[int],
    split: str,
    say: Callable[[str], None],
) -> None:
    """Say what is allowed, but may not be meant."""
    counts = Counter(person['image_id'] for person in people)
    say(f'{len(people)} people in {len(counts)} of {len(images)} images')
    if split == 'test-dev2017' and len(images) != TEST_DEV_IMAGES:
        say(
            f'note: test-dev2017 has {TEST_DEV_IMAGES} images, this list '
            f'{len(images)}'
        )
    crowded = sum(count > COUNTED for count in counts.values())
    if crowded:
        say(
            f'note: {crowded} images have more than {COUNTED} people; COCO '
            f'looks at the {COUNTED} of highest score'
        )
