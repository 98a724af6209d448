"""Predicts the poses in many images, on many machines, with Ray Data."""

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from mlpe_mmpose.optional import require

from ..mim_runs import lock_folder
from .inputs import IMAGE_SUFFIXES
from .people import People
from .pose_model import PoseModel
from .predict_files import Summary
from .ray_folder import (
    CHECKPOINT,
    SHARDS,
    claim_folder,
    hash_networks,
    read_summary,
)
from .ray_inputs import USER, list_images
from .ray_job import RayJob
from .ray_stages import FindPeople, ImageNames, PredictPoses

AT_WORK = (
    'another prediction is at work in {}. Wait for its end, stop it, or give '
    'another --out.'
)
# one for the checkpoint's filter, the others for tasks that read and write
SPARE_CPUS = 4


def predict_with_ray(
    source: str,
    out_dir: str | Path,
    model: PoseModel,
    people: People,
    ann_file: str | None = None,
    job: RayJob | None = None,
) -> Summary:
    """Predict the poses in many images as a Ray Data pipeline.

    Ray reads the files, one pool of actors detects, another crops and
    predicts, and Ray writes shards into ``out_dir/shards``: a row for each
    image, with ``path``, ``image_id``, ``file_name``, ``width``, ``height``,
    ``error`` (empty if the image could be read) and ``people``, a list of
    ``keypoints`` [x, y, score, ...], ``score`` and ``bbox`` as in COCO's
    result format.

    If a worker is killed, Ray gives its batch to another. The same call after
    a stopped job goes on with the images that are in no shard yet, which Ray
    Data's checkpoint in ``out_dir/checkpoint`` knows.

    Args:
        source (str): A folder, a pattern, a list, or a folder in an object
            store that Ray reads, as ``s3://bucket/images``
        out_dir (str | Path): Folder for the shards, which all machines see
        model (PoseModel): The network; its files must be there on every
            machine
        people (People): Where the boxes of people come from
        ann_file (str, optional): Annotations in COCO's format that give the
            images their ids. Defaults to the numbers in the file names, or
            1, 2, 3...
        job (RayJob, optional): How to spread the work. Defaults to one worker
            on this machine

    Returns:
        Summary: What is in the shards.

    Raises:
        MissingPackageError: If Ray is not installed.
        OSError: If a file is missing, or the cluster cannot be reached.
        ValueError: If an argument does not fit, or the folder has shards of
            another call, or of other images whose names are no numbers.
        RuntimeError: If the pipeline fails, or another one is at work in
            ``out_dir``.
    """
    ray = require('ray', USER)
    require('pyarrow', USER)
    job = job or RayJob()
    model.check()
    people.check()
    if model.heatmaps:
        raise ValueError('--heatmaps draws, which --engine ray does not.')
    paths, names = list_images(source, ann_file, people)
    out_dir = Path(out_dir).absolute()
    counted = names if names.ids and ann_file is None else None
    # the shards name the images by their paths below the folder of all images
    arguments = [source, ann_file, model, people, job.format, names.root]
    arguments.append(hash_networks(model, people))
    with lock_folder(out_dir, AT_WORK.format(out_dir)):
        claim_folder(out_dir, arguments, counted)
        start = time.perf_counter()
        with _connected(ray, job, people):
            _run(ray, paths, names, out_dir, model, people, job)
            summary = read_summary(out_dir, job.format)
    summary.seconds = time.perf_counter() - start
    return summary


@contextlib.contextmanager
def _connected(ray: ModuleType, job: RayJob, people: People) -> Iterator[None]:
    """Have a cluster, which is left at the end if it was not there before."""
    started = not ray.is_initialized()
    if started:
        _start(ray, job, people)
    try:
        yield
    except ray.exceptions.RayError as error:
        raise RuntimeError(f'{USER}: {error}') from error
    finally:
        if started:
            ray.shutdown()


def _start(ray: ModuleType, job: RayJob, people: People) -> None:
    """Connect to a cluster, or start one on this machine."""
    if job.address is not None:
        try:
            ray.init(address=job.address)
        except ConnectionError as error:
            # Ray's log has the reason, and its error does not
            raise ConnectionError(
                f'{error}. If the log names a token, set RAY_AUTH_MODE=token '
                "and have the cluster's token in ~/.ray/auth_token."
            ) from error
        return
    pools = 2 if people.detector else 1
    # These are logical: Ray starts what has a number. Without spare ones the
    # actors would hold all of them, and nothing could be read.
    ray.init(
        # without it, Ray would join a cluster that was started here before
        'local',
        num_cpus=job.workers * pools + SPARE_CPUS,
        include_dashboard=False,
        log_to_driver=False,
    )


def _run(
    ray: ModuleType,
    paths: str | list[str],
    names: ImageNames,
    out_dir: Path,
    model: PoseModel,
    people: People,
    job: RayJob,
) -> None:
    """Build the pipeline, and run it."""
    files = _read_left(ray, paths, out_dir, job.shard_size)
    of_detector, of_network = share_gpu(model, people)
    pools = dict(
        batch_format='pyarrow',
        batch_size=None,
        compute=ray.data.ActorPoolStrategy(size=job.workers),
        # Ray restarts a killed actor, and gives its batch to it again
        max_restarts=-1,
        max_task_retries=-1,
    )
    if people.detector:
        files = files.map_batches(
            FindPeople,
            fn_constructor_args=(people, names),
            num_gpus=of_detector,
            **pools,
        )
        people = None  # the detector has added the boxes
    poses = files.map_batches(
        PredictPoses,
        fn_constructor_args=(model, names, people),
        num_gpus=of_network,
        **pools,
    )
    write = poses.write_json if job.format == 'json' else poses.write_parquet
    write(str(out_dir / SHARDS))


def _read_left(
    ray: ModuleType, paths: str | list[str], out_dir: Path, shard_size: int
) -> object:
    """Return the files of the images that are in no shard yet, as a dataset.

    The checkpoint belongs to this dataset alone. In Ray's global context, it
    would be that of other pipelines of the same script as well.
    """
    in_store = isinstance(paths, str)
    files = ray.data.read_binary_files(
        paths,
        include_paths=True,
        # Ray lists an object store, which has other files too
        file_extensions=[suffix[1:] for suffix in IMAGE_SUFFIXES]
        if in_store
        else None,
        # Ray chooses the number for an object store
        override_num_blocks=None if in_store else -(-len(paths) // shard_size),
    )
    files.context.checkpoint_config = ray.data.checkpoint.CheckpointConfig(
        id_column='path',
        checkpoint_path=str(out_dir / CHECKPOINT),
        delete_checkpoint_on_success=False,
    )
    return files


def share_gpu(model: PoseModel, people: People) -> tuple[float, float]:
    """Return the parts of a GPU that a detector and a network need."""
    users = people.on_gpu, model.on_gpu
    # a network and its detector share one
    return tuple(1 / sum(users) if user else 0.0 for user in users)
