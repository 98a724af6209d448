"""Results on COCO's test sets, packed as the evaluation server takes them."""

import json
import math
import re
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from ..output_file import write_then_check

KEYPOINTS = 17
PERSON = 1
# images of image_info_test-dev2017.json
TEST_DEV_IMAGES = 20_288
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
        split (str): The server's name of the split. Defaults to
            ``'test-dev2017'``
        say (callable): Takes notes. Defaults to ``print``

    Returns:
        Path: The zip file.

    Raises:
        FileNotFoundError: If ``results`` or ``image_info`` is no file.
        OSError: If a file cannot be read or written.
        ValueError: If a file is not JSON of its kind, or a person is not in
            COCO's format or in no image of the list. Nothing is written.
    """
    # an underscore parts the words of the file's name
    if not re.fullmatch(r'[A-Za-z0-9.-]+', algorithm):
        raise ValueError(
            'pack_results needs a name of letters, digits, "-" and ".", got '
            f'algorithm={algorithm!r}.'
        )
    _require_files(Path(results), Path(image_info))
    images = _image_ids(Path(image_info))
    people = _read(Path(results))
    if not isinstance(people, list) or not people:
        raise ValueError(
            f'{results} needs to be a list of people, as COCO has it; it is '
            f'{"empty" if people == [] else type(people).__name__}.'
        )
    packed = [
        _checked(person, number, images, Path(results), Path(image_info))
        for number, person in enumerate(people)
    ]
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


def _require_files(results: Path, image_info: Path) -> None:
    """Say where the two files come from, if one is missing."""
    for what, path, source in (
        (
            'results',
            results,
            '`mim test` writes it with `--cfg-options '
            'test_evaluator.format_only=True '
            'test_evaluator.outfile_prefix=DIR/results`, as '
            'DIR/results.keypoints.json',
        ),
        (
            'list of images',
            image_info,
            'COCO publishes it with the test images, as '
            'image_info_test-dev2017.json',
        ),
    ):
        if not path.is_file():
            state = 'is a folder' if path.is_dir() else 'does not exist'
            raise FileNotFoundError(f'the {what}, {path}, {state}. {source}.')


def _read(path: Path) -> object:
    """A JSON file's content."""
    try:
        return json.loads(path.read_text())
    except ValueError as error:
        raise ValueError(f'{path} is no JSON file: {error}.') from error


def _image_ids(path: Path) -> set[int]:
    """The ids of the split's images."""
    content = _read(path)
    if not isinstance(content, dict) or not content.get('images'):
        raise ValueError(
            f'{path} has no `images`: give the list of images that COCO '
            'publishes with the test images, image_info_test-dev2017.json.'
        )
    try:
        return {image['id'] for image in content['images']}
    except (KeyError, TypeError) as error:
        raise ValueError(
            f'{path} has `images` without an `id`: {error!r}.'
        ) from error


def _checked(
    person: dict, number: int, images: set[int], results: Path, info: Path
) -> dict:
    """A person in COCO's format, without what COCO does not know."""
    place = f'{results}, person {number} (from 0)'
    if not isinstance(person, dict):
        raise ValueError(f'{place} is no object, but {person!r:.40}.')
    missing = {'image_id', 'category_id', 'keypoints', 'score'} - set(person)
    if missing:
        raise ValueError(f'{place} has no {", ".join(sorted(missing))}.')
    if not isinstance(person['image_id'], (int, str)):
        raise ValueError(
            f'{place}: image_id {person["image_id"]!r:.40} is no number.'
        )
    if person['image_id'] not in images:
        raise ValueError(
            f'{place}: image_id {person["image_id"]!r} is none of the '
            f'{len(images)} of {info}. Test on the images of that list.'
        )
    if person['category_id'] != PERSON:
        raise ValueError(
            f'{place}: category_id {person["category_id"]!r} instead of '
            f'{PERSON}, COCO\'s "person".'
        )
    values = person['keypoints']
    if not isinstance(values, list) or not all(
        isinstance(v, (int, float)) for v in (*values, person['score'])
    ):
        raise ValueError(
            f'{place}: keypoints need to be a list of numbers, and the score '
            f'a number, got {values!r:.40} and {person["score"]!r:.40}.'
        )
    if len(values) != 3 * KEYPOINTS:
        raise ValueError(
            f'{place}: {len(values)} values in keypoints instead of '
            f'{3 * KEYPOINTS}, x, y, v of {KEYPOINTS} keypoints.'
        )
    if not all(math.isfinite(v) for v in (*values, person['score'])):
        raise ValueError(f'{place}: a coordinate or the score is not finite.')
    keypoints = []
    for x, y in zip(values[::3], values[1::3], strict=True):
        keypoints += [round(x, 1), round(y, 1), 1]
    return dict(
        image_id=person['image_id'],
        category_id=PERSON,
        keypoints=keypoints,
        score=float(person['score']),
    )


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
