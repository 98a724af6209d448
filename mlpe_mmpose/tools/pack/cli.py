"""The command line of ``pack``."""

import argparse
import functools

HELP = "pack results on COCO test-dev for COCO's evaluation server"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the verb."""
    parser.add_argument(
        'results',
        metavar='RESULTS.keypoints.json',
        help='what `mim test` writes with test_evaluator.outfile_prefix',
    )
    parser.add_argument(
        'image_info',
        metavar='IMAGE_INFO.json',
        help="COCO's list of images, image_info_test-dev2017.json",
    )
    parser.add_argument(
        '--name', required=True, metavar='ALG', help='the name of the method'
    )
    parser.add_argument(
        '--split',
        default='test-dev2017',
        help='the name of the test set (default: %(default)s)',
    )
    parser.add_argument(
        '--out', default='.', metavar='DIR', help='folder of the zip file'
    )


def run(args: argparse.Namespace) -> None:
    """Check the results, pack them, and print the path of the zip file."""
    from .pack_results import pack_results

    say = functools.partial(print, flush=True)
    path = pack_results(
        args.results, args.image_info, args.name, args.out, args.split, say
    )
    say(str(path))
