"""Files of annotations in COCO's format, spoiled in many ways."""

import copy
import json

import numpy as np
from hypothesis import strategies as st

NAMES = ('nose', 'left_eye', 'right_eye', 'left_ear', 'right_ear', 'tail')
K, WIDTH, HEIGHT = len(NAMES), 60, 80
NUMBERS = [float('nan'), float('inf'), -float('inf'), 0, -1, 1, 2, 0.5, 7]
NUMBERS += [1e-30, 1e9, -1e9, 1e20, 1e39, 1e300, 10**400, -(10**30)]
JUNK = [None, '', '5', 'x', True, [], [1], {}, {'id': 1}, [None], ['1'] * 4]
FIELDS = dict(
    annotations=[
        *('id', 'image_id', 'category_id', 'bbox', 'keypoints', 'area'),
        *('iscrowd', 'num_keypoints', 'segmentation', 'other'),
    ],
    images=['id', 'file_name', 'width', 'height', 'other'],
    categories=['id', 'name', 'keypoints', 'skeleton'],
)
# copies, because a second fault may change them
VALUES = st.sampled_from(NUMBERS + JUNK).map(copy.deepcopy)
# long lists of one number, of the right and of wrong lengths
LISTS = st.builds(
    lambda value, length: [value] * length,
    st.sampled_from([*NUMBERS, None, '3', [1, 2, 2]]),
    st.sampled_from([1, 3, 4, 5, 3 * K - 3, 3 * K - 1, 3 * K, 3 * K + 3]),
)
COORDINATES = st.integers(-90, 190) | st.floats(-1e3, 1e3)
# values with which a file stays readable
PLAUSIBLE = dict(
    bbox=st.lists(COORDINATES, min_size=4, max_size=4),
    keypoints=st.lists(
        st.tuples(COORDINATES, COORDINATES, st.sampled_from([0, 1, 2])),
        min_size=K,
        max_size=K,
    ).map(lambda rows: [value for row in rows for value in row]),
    area=st.floats(0, 1e6),
    iscrowd=st.sampled_from([0, 1, True, None]),
    num_keypoints=st.integers(0, K),
    image_id=st.integers(0, 3),
    width=st.integers(1, 200),
    height=st.integers(1, 200),
    other=VALUES,
    name=VALUES,
)


def make_content(file_name: str) -> dict:
    """Make four people in three images, one of them a crowd."""
    random = np.random.default_rng(0)
    people = []
    for number in range(1, 5):
        points = random.integers(10, 50, (K, 2))
        flags = random.choice([0, 1, 2, 2], (K, 1))
        flags[:3] = 2
        keypoints = np.hstack([points * (flags > 0), flags])
        people.append(
            dict(
                id=number,
                image_id=number % 3,
                category_id=1,
                bbox=[5, 6, 50, 60],
                area=1500.0,
                iscrowd=int(number == 4),
                num_keypoints=int((flags > 0).sum()),
                keypoints=keypoints.ravel().tolist(),
            )
        )
    images = [
        dict(id=i, file_name=file_name, width=WIDTH, height=HEIGHT)
        for i in range(3)
    ]
    category = dict(id=1, name='beast', keypoints=[*NAMES], skeleton=[[1, 2]])
    return dict(images=images, annotations=people, categories=[category])


@st.composite
def spoiled_files(draw: st.DrawFn, content: dict) -> str:
    """Draw the text of a file with one or two faults."""
    content = copy.deepcopy(content)
    for _ in range(draw(st.integers(1, 2))):
        content = _spoil(draw, content)
    text = json.dumps(content)
    if draw(st.integers(0, 24)) == 24:
        text = text[: draw(st.integers(0, len(text) - 1))]
    return text


def _spoil(draw: st.DrawFn, content: object) -> object:
    kinds = ['annotations'] * 8 + ['images', 'images', 'categories', 'all']
    kind = draw(st.sampled_from(kinds))
    if kind == 'all' or not isinstance(content, dict):
        return draw(st.sampled_from([content, [], {}, None, 5]).map(copy.copy))
    entries = content.get(kind)
    if not isinstance(entries, list) or not entries:
        return content
    how = draw(st.integers(0, 29))
    position = draw(st.integers(0, len(entries) - 1))
    if how == 0:
        content[kind] = draw(VALUES)
    elif how == 1:
        del content[kind]
    elif how == 2:
        entries.append(copy.deepcopy(entries[position]))
    elif how == 3:
        del entries[position]
    elif how == 4:
        entries[position] = draw(VALUES)
    elif how == 5:
        _spoil_every_entry(draw, kind, entries)
    elif isinstance(entries[position], dict):
        _spoil_entry(draw, kind, entries[position])
    return content


def _spoil_every_entry(draw: st.DrawFn, kind: str, entries: list) -> None:
    field = draw(st.sampled_from(FIELDS[kind]))
    value = draw(st.sampled_from([0, 1, None, []]))
    for entry in entries:
        if isinstance(entry, dict):
            entry[field] = copy.copy(value)


def _spoil_entry(draw: st.DrawFn, kind: str, entry: dict) -> None:
    field = draw(st.sampled_from(FIELDS[kind]))
    value, how = entry.get(field), draw(st.integers(0, 5))
    if field in PLAUSIBLE and draw(st.booleans()):
        entry[field] = draw(PLAUSIBLE[field])
    elif isinstance(value, list) and value and how >= 2:
        index = draw(st.integers(0, len(value) - 1))
        if how == 2:
            del value[index]
        else:
            value[index] = draw(VALUES)
    elif how == 0:
        entry.pop(field, None)
    elif field != 'file_name' or how == 1:
        entry[field] = draw(st.one_of(VALUES, LISTS))
    # an image that is missing is named by the transform that loads it
    if field == 'file_name' and entry.get(field) in ('5', 'x'):
        entry[field] = value
