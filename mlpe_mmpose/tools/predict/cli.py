"""The command line of ``predict``."""

import argparse
import importlib.util

from mlpe_mmpose.tools.arguments import add_cfg_options, add_detector

HELP = 'find the poses in images, a folder, a video or a camera'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the verb."""
    parser.add_argument(
        'source',
        metavar='INPUT',
        help='an image, a folder, a quoted pattern, a video, the number of a '
        'camera, or a .txt file with one path a line',
    )
    parser.add_argument(
        '--out',
        default='predictions',
        metavar='FOLDER',
        help='folder for the results (default: %(default)s)',
    )
    _add_network(parser.add_argument_group('the network'))
    title = 'people, by one of --detector, --boxes and --whole-image'
    _add_people(parser.add_argument_group(title))
    _add_output(parser.add_argument_group('the output'))
    _add_engine(parser.add_argument_group('more than one machine'))


def _add_network(group: argparse._ArgumentGroup) -> None:
    group.add_argument('--config', help='the config')
    group.add_argument('--checkpoint', help='its weights')
    group.add_argument(
        '--model',
        metavar='FILE.onnx',
        help='a file of `export` instead; this needs no PyTorch',
    )
    group.add_argument(
        '--backend',
        metavar='NAME',
        help='what runs FILE.onnx: onnxruntime, openvino, cuda or tensorrt '
        '(default: onnxruntime)',
    )
    group.add_argument(
        '--precision',
        metavar='NAME',
        help='float32, bfloat16 (openvino, tensorrt) or int8 (a file of '
        '`export --int8`); default: that of FILE.onnx',
    )
    group.add_argument(
        '--device',
        default='cpu',
        help='where the network of a config and the detector run '
        '(default: %(default)s)',
    )
    group.add_argument(
        '--batch-size',
        type=int,
        metavar='N',
        help='most people in a batch; 1 for a camera without delay '
        '(default: 8 on the CPU, 32 elsewhere)',
    )
    group.add_argument(
        '--flip-test',
        action=argparse.BooleanOptionalAction,
        help='average over mirrored crops (default: as the config tests)',
    )
    group.set_defaults(cfg_options=None)
    # a machine with an exported model only has no MMEngine
    if importlib.util.find_spec('mmengine'):
        add_cfg_options(group)


def _add_people(group: argparse._ArgumentGroup) -> None:
    add_detector(group)
    group.add_argument(
        '--boxes',
        metavar='FILE.json',
        help="boxes in MMPose's person-detection format",
    )
    group.add_argument(
        '--whole-image',
        action='store_true',
        help='each image is one person',
    )
    group.add_argument(
        '--threshold',
        type=float,
        metavar='SCORE',
        help='leave out boxes below (default: 0.3 for a detector, 0 for a '
        'file)',
    )
    group.add_argument(
        '--ann-file',
        metavar='FILE.json',
        help='COCO annotations that give the images their ids (default: the '
        'numbers in the file names)',
    )


def _add_output(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        '--no-pictures',
        dest='pictures',
        action='store_false',
        help='write results.json only',
    )
    group.add_argument(
        '--heatmaps',
        action='store_true',
        help='draw the heatmaps too, one picture or video for each level',
    )
    group.add_argument(
        '--track',
        action='store_true',
        help='number people over a video (needs norfair)',
    )
    group.add_argument(
        '--smooth',
        action='store_true',
        help='smooth the keypoints of each track (One-Euro filter)',
    )


def _add_engine(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        '--engine',
        choices=('local', 'ray'),
        default='local',
        help='ray: write shards with Ray Data, on this machine or a cluster; '
        'the same call goes on where it was stopped (default: %(default)s)',
    )
    group.add_argument(
        '--address', help='of a Ray cluster (default: this machine)'
    )
    group.add_argument(
        '--workers',
        type=int,
        default=1,
        metavar='N',
        help='processes with a network of their own (default: %(default)s)',
    )
    group.add_argument(
        '--shard-size',
        type=int,
        default=256,
        metavar='N',
        help='images in a file of the output (default: %(default)s)',
    )
    group.add_argument(
        '--format',
        choices=('json', 'parquet'),
        default='json',
        help='of the shards; json means JSON lines (default: %(default)s)',
    )


def run(args: argparse.Namespace) -> int:
    """Predict, show the progress, and say what was found."""
    from mlpe_mmpose.tools import ExitCode

    from .people import People
    from .pose_models import PoseModel
    from .predict_files import predict_files
    from .progress import Progress

    model = PoseModel(
        args.config,
        args.checkpoint,
        args.model,
        args.device,
        args.batch_size,
        args.flip_test,
        args.cfg_options,
        args.heatmaps,
        args.backend,
        args.precision,
    )
    people = People(
        args.detector,
        args.detector_checkpoint,
        args.boxes,
        args.whole_image,
        args.threshold,
        args.device,
    )
    progress = Progress()
    if args.engine == 'ray':
        from .ray_engine import predict_with_ray
        from .ray_job import RayJob

        if args.track or args.smooth:
            raise ValueError('--track and --smooth need --engine local.')
        job = RayJob(args.address, args.workers, args.shard_size, args.format)
        summary = predict_with_ray(
            args.source, args.out, model, people, args.ann_file, job
        )
    else:
        summary = predict_files(
            args.source,
            args.out,
            model,
            people,
            args.ann_file,
            args.pictures,
            args.track,
            args.smooth,
            progress,
        )
    progress.close(summary)
    print(
        f'{summary.images} images, {summary.people} people in '
        f'{summary.seconds:.1f} s, {len(summary.unreadable)} files skipped: '
        f'{args.out}'
    )
    if summary.stopped:
        return ExitCode.STOPPED
    return ExitCode.FAILED if summary.unreadable else ExitCode.DONE
