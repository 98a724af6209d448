"""The output folder of ``--engine ray``: whose it is, and what is in it."""

import dataclasses
import hashlib
import importlib
import json
from collections.abc import Sequence
from pathlib import Path

from .frames import Unreadable
from .people import People
from .pose_model import PoseModel
from .predict_files import Summary
from .ray_stages import ImageNames, make_table

JOB, SHARDS, CHECKPOINT = 'job.json', 'shards', 'checkpoint'


def claim_folder(
    out_dir: Path, arguments: Sequence[object], names: ImageNames | None
) -> None:
    """Note the call in the folder, or check that the call is the same.

    A folder without a shard, and without a checkpoint, belongs to nobody: its
    call failed before it predicted anything.

    Args:
        out_dir (Path): The folder, made if necessary
        arguments (Sequence): What has to be the same, as JSON or dataclasses
        names (ImageNames, optional): The images, if their ids are their
            places in the list. Another image would then change the ids

    Raises:
        ValueError: If the folder has shards of another call, or of another
            list of images.
    """
    noted = list(arguments)
    if names is not None:
        noted.append(_describe_list(names))
    text = json.dumps(noted, indent=1, default=dataclasses.asdict)
    path = out_dir / JOB
    begun = any(any(out_dir.glob(f'{n}/*')) for n in (SHARDS, CHECKPOINT))
    if path.exists() and begun:
        _compare(path, json.loads(text), len(arguments))
        return
    out_dir.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def hash_networks(model: PoseModel, people: People) -> dict[str, str]:
    """Return the hashes of the files of a network and its detector.

    A training or an export may replace a file between two calls.
    """
    files = model.config, model.checkpoint, model.model
    files += people.detector, people.detector_checkpoint
    return {
        name: hashlib.sha256(Path(name).read_bytes()).hexdigest()
        for name in files
        if name and Path(name).is_file()
    }


def _describe_list(names: ImageNames) -> dict[str, object]:
    """Return the number of the images, and a hash of their names and ids."""
    text = json.dumps(names.ids, sort_keys=True)
    return dict(
        images=len(names.ids), sha256=hashlib.sha256(text.encode()).hexdigest()
    )


def _compare(path: Path, wanted: list, num_arguments: int) -> None:
    """Check that the noted call is the wanted one."""
    noted = json.loads(path.read_text())
    if noted[:num_arguments] != wanted[:num_arguments]:
        raise ValueError(
            f'{path.parent} has shards, or a checkpoint, of another call, see '
            f'{path}. Choose another --out.'
        )
    if noted != wanted:
        old, new = (
            f'{call[-1]["images"]} images'
            if len(call) > num_arguments
            else 'images whose names are numbers'
            for call in (noted, wanted)
        )
        raise ValueError(
            f'{path.parent} has shards of another list of images: of {old}, '
            f'now of {new}. An id is the place of an image in the list if its '
            'name is no number, so that ids would be given twice. Choose '
            'another --out, or the images of the first call.'
        )


def read_summary(out_dir: Path, format: str) -> Summary:
    """Count what is in the shards.

    Raises:
        ValueError: If two images have one id.
    """
    dataset = importlib.import_module('pyarrow.dataset')
    summary = Summary(None)
    if not (out_dir / SHARDS).exists():
        return summary
    # without a schema, the first shard sets the types, and has maybe nobody
    schema = make_table([]).schema
    shards = dataset.dataset(out_dir / SHARDS, schema, format)
    columns, names = ['file_name', 'image_id', 'error', 'people'], {}
    for batch in shards.to_batches(columns=columns):
        for row in batch.to_pylist():
            name = names.setdefault(row['image_id'], row['file_name'])
            if name != row['file_name']:
                raise ValueError(
                    f'{name} and {row["file_name"]} have one id in '
                    f'{out_dir / SHARDS}, {row["image_id"]}. Give every '
                    'image an id of its own with --ann-file, and name another '
                    '--out.'
                )
            if row['error']:
                bad = Unreadable(row['file_name'], row['error'])
                summary.unreadable.append(bad)
            else:
                summary.images += 1
                summary.people += len(row['people'] or ())
    return summary
