"""The command line of ``predict``."""

import argparse
import dataclasses
import importlib.util
from typing import TYPE_CHECKING, TypeVar

from mlpe_mmpose.tools.arguments import (
    add_cfg_options,
    add_detector,
    config_path,
)

if TYPE_CHECKING:
    from .predict_files import Summary
    from .progress import Progress

HELP = 'find the poses in images, a folder, a video or a camera'
DEFAULT = ' (default: %(default)s)'
T = TypeVar('T')


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the verb."""
    add = parser.add_argument
    add(
        'source',
        metavar='INPUT',
        help='an image, a folder, a quoted pattern, a video, the number of a '
        'camera, the address of a stream, or a .txt file with one path a line',
    )
    text = 'folder for the results' + DEFAULT
    add('--out', default='predictions', metavar='FOLDER', help=text)
    _add_network(parser.add_argument_group('the network'))
    title = 'people, by one of --detector, --boxes and --whole-image'
    _add_people(parser.add_argument_group(title))
    _add_output(parser.add_argument_group('the output'))
    _add_engine(parser.add_argument_group('more than one machine'))


def _add_network(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add('--config', type=config_path, help='the config, or its name')
    add('--checkpoint', help='its weights')
    text = 'a file of `export` instead; this needs no PyTorch'
    add('--model', metavar='FILE.onnx', help=text)
    add(
        '--backend',
        metavar='NAME',
        help='what runs FILE.onnx: onnxruntime, openvino, cuda or tensorrt '
        '(default: onnxruntime)',
    )
    add(
        '--precision',
        metavar='NAME',
        help='float32, bfloat16 (openvino, tensorrt) or int8 (a file of '
        '`export --int8`); default: that of FILE.onnx',
    )
    text = (
        'where the network of a config and the detector run; a detector in an '
        'ONNX file runs on the CPU'
    ) + DEFAULT
    add('--device', default='cpu', help=text)
    add(
        '--batch-size',
        type=int,
        metavar='N',
        help='most people in a batch; 1 for a camera without delay '
        '(default: 8 on the CPU, 32 elsewhere)',
    )
    text = 'average over mirrored crops (default: as the config tests)'
    add('--flip-test', action=argparse.BooleanOptionalAction, help=text)
    group.set_defaults(cfg_options=None)
    # a machine with an exported model only has no MMEngine
    if importlib.util.find_spec('mmengine'):
        add_cfg_options(group)


def _add_people(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add_detector(group)
    text = "boxes in MMPose's person-detection format"
    add('--boxes', metavar='FILE.json', help=text)
    text = 'each image is one person'
    add('--whole-image', action='store_true', help=text)
    text = 'leave out boxes below (default: 0.3 for a detector, 0 for a file)'
    add('--threshold', type=float, metavar='SCORE', help=text)
    add(
        '--ann-file',
        metavar='FILE.json',
        help='COCO annotations that give the images their ids (default: the '
        'numbers in the file names)',
    )


def _add_output(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    text = 'write results.json and images.json only'
    add('--no-pictures', dest='pictures', action='store_false', help=text)
    text = 'draw the heatmaps too, one picture or video for each level'
    add('--heatmaps', action='store_true', help=text)
    text = 'number people over a video (needs mlpe_mmpose[track])'
    add('--track', action='store_true', help=text)
    text = 'smooth the keypoints of --track (One-Euro filter)'
    add('--smooth', action='store_true', help=text)


def _add_engine(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add(
        '--engine',
        choices=('local', 'ray'),
        default='local',
        help='ray: write shards with Ray Data, on this machine or a cluster; '
        'the same call goes on where it was stopped' + DEFAULT,
    )
    add('--address', help='of a Ray cluster (default: this machine)')
    text = 'processes with a network of their own' + DEFAULT
    add('--workers', type=int, default=1, metavar='N', help=text)
    text = 'images in a file of the output' + DEFAULT
    add('--shard-size', type=int, default=256, metavar='N', help=text)
    text = 'of the shards; json means JSON lines' + DEFAULT
    add('--format', choices=('json', 'parquet'), default='json', help=text)


def run(args: argparse.Namespace) -> int:
    """Predict, show the progress, and say what was found."""
    from mlpe_mmpose.tools import ExitCode

    from .progress import Progress

    progress = Progress()
    summary = _predict(args, progress)
    progress.close(summary)
    print(
        f'{summary.images} images, {summary.people} people in '
        f'{summary.seconds:.1f} s, {len(summary.unreadable)} files with '
        f'errors: {args.out}'
    )
    if summary.stopped:
        return ExitCode.STOPPED
    return ExitCode.FAILED if summary.unreadable else ExitCode.DONE


def _predict(args: argparse.Namespace, progress: 'Progress') -> 'Summary':
    """Predict with the engine that the arguments name."""
    from ..mim_runs import stopped_by_signals
    from .people import People
    from .pose_model import PoseModel
    from .predict_files import predict_files
    from .ray_job import RayJob

    model, people = _fill(PoseModel, args), _fill(People, args)
    if args.device != 'cpu' and args.model and not people.on_gpu:
        raise ValueError(
            f'--device={args.device} is for what PyTorch runs, got '
            f'--model={args.model} and no detector of PyTorch. --backend says '
            'where a file of --model runs, as cuda.'
        )
    call = args.source, args.out, model, people, args.ann_file
    job = _fill(RayJob, args)
    if args.engine == 'ray':
        from .ray_engine import predict_with_ray

        if args.track or args.smooth:
            raise ValueError('--track and --smooth need --engine local.')
        return predict_with_ray(*call, job)
    if job != RayJob():
        raise ValueError(
            '--address, --workers, --shard-size and --format need '
            '--engine ray.'
        )
    with stopped_by_signals():
        return predict_files(
            *call, args.pictures, args.track, args.smooth, progress
        )


def _fill(kind: type[T], args: argparse.Namespace) -> T:
    """Build a dataclass from the arguments that have its fields' names."""
    names = [field.name for field in dataclasses.fields(kind)]
    return kind(**{name: getattr(args, name) for name in names})
