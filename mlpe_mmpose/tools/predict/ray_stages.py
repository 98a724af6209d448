"""The steps of a large prediction, as Ray Data calls them with batches.

A batch is a table of pyarrow. The two classes are actors: each loads its model
once, and is then called with one batch after the other.
"""

import dataclasses
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import numpy as np

from mlpe_mmpose.annotations.fields import MAX_ID
from mlpe_mmpose.optional import require
from mlpe_mmpose.tools.read_image import UNREADABLE, decode_image

from .frames import Frame
from .inputs import is_id
from .people import People, set_boxes
from .pose_model import PoseModel

if TYPE_CHECKING:
    import pyarrow


@dataclasses.dataclass(frozen=True)
class ImageNames:
    """What images are called.

    Args:
        root (str): The folder of all images, as Ray names it: without the
            ``s3://`` of an object store
        ids (dict): Path below ``root`` -> image id. If it is empty, the id is
            the number in the name of the file
    """

    root: str
    ids: dict[str, int] = dataclasses.field(default_factory=dict)

    def name(self, path: str) -> str:
        """Return the path of an image below the folder."""
        return path.removeprefix(self.root).lstrip('/')

    def find_id(self, path: str) -> int:
        """Return the id of an image.

        Raises:
            ValueError: If ``ids`` does not have the image, or, without
                ``ids``, the name is no number that can be an id.
        """
        name = self.name(path)
        if self.ids:
            if name not in self.ids:
                raise ValueError(
                    f'{path} has no id: --ann-file has no image with the '
                    f'file_name {name!r}.'
                )
            return self.ids[name]
        stem = PurePosixPath(name).stem
        if not is_id(stem):
            raise ValueError(
                f'{path} has no id: its name is no number up to {MAX_ID}. Add '
                '--ann-file, the annotations that give the images their ids.'
            )
        return int(stem)


class FindPeople:
    """Add the column ``boxes`` with what a detector finds.

    Args:
        people (People): The detector
        names (ImageNames): What the images are called
    """

    def __init__(self, people: People, names: ImageNames) -> None:
        self.find, self.names = people.load(), names

    def __call__(self, batch: 'pyarrow.Table') -> 'pyarrow.Table':
        """Detect the people in a batch of files."""
        pyarrow = require('pyarrow', '--engine ray')
        frames = set_boxes(_decode(batch, self.names), self.find)
        found = {frame.name: frame.boxes.tolist() for frame in frames}
        names = map(self.names.name, batch['path'].to_pylist())
        boxes = [found.get(name) for name in names]
        kind = pyarrow.list_(pyarrow.list_(pyarrow.float32()))
        return batch.append_column('boxes', pyarrow.array(boxes, kind))


class PredictPoses:
    """Replace the bytes of images by the poses of their people.

    Args:
        model (PoseModel): The network
        names (ImageNames): What the images are called
        people (People, optional): Where people are; not needed after
            :class:`FindPeople`
    """

    def __init__(
        self, model: PoseModel, names: ImageNames, people: People | None = None
    ) -> None:
        self.network, self.names = model.load(), names
        self.find = people and people.load()

    def __call__(self, batch: 'pyarrow.Table') -> 'pyarrow.Table':
        """Predict the poses in a batch of files."""
        rows = {
            self.names.name(path): dict(
                path=path,
                image_id=self.names.find_id(path),
                file_name=self.names.name(path),
                width=0,
                height=0,
                error=UNREADABLE,
                people=[],
            )
            for path in batch['path'].to_pylist()
        }
        frames = _decode(batch, self.names)
        if self.find is not None:
            frames = set_boxes(frames, self.find)
        for frame in self.network.predict(frames):
            rows[frame.name].update(
                width=frame.image.shape[1],
                height=frame.image.shape[0],
                error='',
                # the table leaves out the keys that it has no column for
                people=frame.to_results(),
            )
        return make_table(list(rows.values()))


def make_table(rows: list[dict]) -> 'pyarrow.Table':
    """Return rows with poses as a table, whose types do not depend on them."""
    pa = require('pyarrow', '--engine ray')
    numbers = pa.list_(pa.float64())
    person = pa.struct(
        [('keypoints', numbers), ('score', pa.float64()), ('bbox', numbers)]
    )
    schema = pa.schema(
        [
            ('path', pa.string()),
            ('image_id', pa.int64()),
            ('file_name', pa.string()),
            ('width', pa.int32()),
            ('height', pa.int32()),
            ('error', pa.string()),
            ('people', pa.list_(person)),
        ]
    )
    return pa.Table.from_pylist(rows, schema)


def _decode(batch: 'pyarrow.Table', names: ImageNames) -> Iterator[Frame]:
    """Yield the readable images one by one, with the boxes of the batch.

    Decoded, all images of a batch would need gigabytes.
    """
    boxes = [()] * len(batch)
    if 'boxes' in batch.column_names:
        boxes = batch['boxes'].to_pylist()
    for content, path, rows in zip(
        batch['bytes'], batch['path'].to_pylist(), boxes, strict=True
    ):
        image = decode_image(content.as_buffer())
        if image is not None:
            found = np.array(rows, np.float32).reshape(-1, 5)
            yield Frame(names.find_id(path), names.name(path), image, found)
