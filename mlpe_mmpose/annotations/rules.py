"""What is wrong with a file in COCO's format."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from .faults import Fault, fault_of_file
from .fields import (
    ANNOTATION,
    CATEGORY,
    DETECTION,
    ID,
    IMAGE,
    POSE,
    TRAINED_IMAGE,
    Field,
    Use,
)
from .keypoints import check_keypoints, count_labels
from .metainfo import find_metainfo_faults, find_names

LISTS = ('images', 'annotations', 'categories')


def find_faults(
    content: object, use: Use, names: Sequence | None = None
) -> Iterator[Fault]:
    """Find everything that is wrong with a file of annotations.

    Args:
        content (object): What the file has
        use (Use): What the annotations are needed for
        names (Sequence, optional): The names or numbers of the K keypoints.
            Defaults to the names in the file, if it has some
    """
    if faults := list(find_list_faults(content, LISTS)):
        yield from faults
        return
    images, annotations, categories = (content[name] for name in LISTS)
    yield from _find('category', categories, CATEGORY, use)
    if Use.METAINFO in use:
        yield from find_metainfo_faults(categories)
    yield from find_image_faults(images, use)
    names = find_names(content) if names is None else names
    known = [c['id'] for c in categories if isinstance(c, dict) and 'id' in c]
    faults = list(find_annotation_faults(annotations, use, names, known))
    yield from faults
    labelled = faults or any(map(count_labels, annotations))
    if Use.TRAIN in use and not labelled:
        yield fault_of_file(
            'keypoints',
            f'no labelled keypoint in {len(annotations)} annotations. COCO '
            'has keypoints in annotations/person_keypoints_*.json',
        )


def find_image_faults(images: Sequence, use: Use) -> Iterator[Fault]:
    """Find the faults of images, see :func:`find_faults`."""
    fields = TRAINED_IMAGE if Use.TRAIN in use else IMAGE
    return _find('image', images, fields, use)


def find_annotation_faults(
    annotations: Sequence,
    use: Use,
    names: Sequence,
    categories: Sequence | None = None,
) -> Iterator[Fault]:
    """Find the faults of annotations, see :func:`find_faults`.

    ``names`` are empty if the number of keypoints is unknown; ``categories``
    are the ids of the categories, by default any.
    """

    def check(annotation: dict) -> Iterator[tuple[str, str]]:
        for problem in check_keypoints(annotation, use, names):
            yield 'keypoints', problem
        number = annotation['category_id']
        # MMPose trains on such an annotation, and the metric leaves it out
        if categories is not None and number not in categories:
            problem = (
                f'{number!r}, but the categories have the ids {categories}'
            )
            yield 'category_id', f"'category_id' is {problem}"

    return _find('annotation', annotations, ANNOTATION, use, check)


def find_detection_faults(
    detections: object, content: object
) -> Iterator[Fault]:
    """Find the faults of a file of detected boxes.

    Args:
        detections (object): What the file has
        content (object): What the file of annotations has, of which images
            and categories are needed
    """
    if faults := list(find_list_faults(content, ('images', 'categories'))):
        yield from faults
        return
    images = content['images']
    yield from find_image_faults(images, Use.TRAIN)
    known = {
        image['id']
        for image in images
        if isinstance(image, dict) and ID.is_valid(image.get('id'))
    }
    yield from find_box_faults(detections, known)


def find_box_faults(
    detections: object, known: Collection | None = None
) -> Iterator[Fault]:
    """Find the faults of a file of detected boxes, whatever the images are.

    ``known`` are the ids that the images may have, by default any.
    """
    if not isinstance(detections, list) or not detections:
        is_object = isinstance(detections, dict)
        found = list(detections) if is_object else detections
        yield fault_of_file(
            '',
            f'{"an object with " * is_object}{found!r:.60} instead of a list '
            'of detections, [{"image_id": 1, "category_id": 1, "bbox": '
            '[left, top, width, height], "score": 0.9}, ...]',
        )
        return

    def check(detection: dict) -> Iterator[tuple[str, str]]:
        if known is not None and detection['image_id'] not in known:
            yield (
                'image_id',
                f"'image_id' is {detection['image_id']!r}, which no image of "
                'the annotations has. Are the boxes of another data set?',
            )

    yield from _find('detection', detections, DETECTION, Use.CROP, check)


def find_pose_faults(
    poses: Sequence, image_ids: Collection, num_keypoints: int
) -> Iterator[Fault]:
    """Find the faults of poses in COCO's result format.

    Args:
        poses (Sequence): The entries of the file
        image_ids (Collection): The ids that the images may have
        num_keypoints (int): Number K of keypoints of each pose
    """

    def check(pose: dict) -> Iterator[tuple[str, str]]:
        if pose['image_id'] not in image_ids:
            yield (
                'image_id',
                f"'image_id' is {pose['image_id']!r}, which is none of the "
                f'{len(image_ids)} images. Give the annotations that the '
                'model was tested on',
            )
        values = len(pose['keypoints'])
        if values != 3 * num_keypoints:
            yield (
                'keypoints',
                f"'keypoints' has {values} values instead of "
                f'{3 * num_keypoints}, x, y, score of {num_keypoints} '
                'keypoints',
            )

    return _find('pose', poses, POSE, Use.EVALUATE, check)


def find_list_faults(content: object, names: Sequence[str]) -> Iterator[Fault]:
    """Find the lists among ``names`` that a file lacks or has empty."""
    for name in names:
        value = content.get(name) if isinstance(content, dict) else None
        if not isinstance(value, list) or not value:
            yield fault_of_file(
                name,
                f"no {name!r}. COCO's format is an object with a list of "
                'images, one of annotations, and one of categories',
            )


def find_field_faults(
    kind: str, entries: Sequence, fields: dict[str, Field], use: Use
) -> Iterator[Fault]:
    """Find the faults of single fields; entries may have the same id."""
    for position, entry in enumerate(entries):
        for field, problem in _check_fields(entry, fields, use):
            yield _make_fault(kind, field, problem, entry, position)


def _make_fault(
    kind: str, field: str, problem: str, entry: object, position: int
) -> Fault:
    """Return a fault that names the entry, by its id if it has one."""
    name = f'the {kind} at position {position} (from 0)'
    if isinstance(entry, dict) and 'id' in entry:
        name = f'{kind} {entry["id"]!r:.20}'
    return Fault(kind, field, f'{name}: {problem}.', position)


def _find(
    kind: str,
    entries: Sequence,
    fields: dict[str, Field],
    use: Use,
    check: Callable[[dict], Iterable[tuple[str, str]]] = lambda entry: (),
) -> Iterator[Fault]:
    """Find the faults of entries, shared ids, and words among number ids.

    ``check`` finds further problems of an entry whose fields are valid.
    """
    ids = Counter()
    for position, entry in enumerate(entries):
        problems = list(_check_fields(entry, fields, use))
        if not problems:
            problems = check(entry)
            # a detection or a pose may have an id, which nothing reads
            if 'id' in fields:
                ids[entry['id']] += 1
        for field, problem in problems:
            yield _make_fault(kind, field, problem, entry, position)
    for number, count in ids.items():
        if count > 1:
            message = f"{kind} {number!r:.20}: {count} entries have this 'id'."
            yield Fault(kind, 'id', message)
    words = [number for number in ids if isinstance(number, str)]
    # MMPose sorts the ids
    if 0 < len(words) < len(ids):
        message = (
            f"{kind} {words[0]!r:.20}: 'id' is a word, but others are numbers."
        )
        yield Fault(kind, 'id', message)


def _check_fields(
    entry: object, fields: dict[str, Field], use: Use
) -> Iterator[tuple[str, str]]:
    if not isinstance(entry, dict):
        yield '', f'{entry!r:.60} is not an object with fields'
        return
    for name, field in fields.items():
        value = entry.get(name)
        if value is None and not field.needed_to & use:
            continue
        if not field.is_valid(value):
            found = f'is {value!r:.60}' if name in entry else 'is missing'
            yield name, f'{name!r} {found}; it needs to be {field.meaning}'
