"""The command line of ``pack``."""

import argparse
import functools

HELP = "pack results on COCO test-dev for COCO's evaluation server"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the verb."""
    add = parser.add_argument
    text = 'what `mim test` writes with test_evaluator.outfile_prefix'
    add('results', metavar='RESULTS.keypoints.json', help=text)
    text = "COCO's list of images, image_info_test-dev2017.json"
    add('image_info', metavar='IMAGE_INFO.json', help=text)
    text = 'the name of the method'
    add('--name', dest='algorithm', required=True, metavar='ALG', help=text)
    text = 'the name of the test set (default: %(default)s)'
    add('--split', default='test-dev2017', help=text)
    text = 'folder of the zip file (default: the current folder)'
    add('--out', dest='out_dir', default='.', metavar='DIR', help=text)


def run(args: argparse.Namespace) -> None:
    """Check the results, pack them, and print the path of the zip file."""
    from .pack_results import pack_results

    say = functools.partial(print, flush=True)
    say(str(pack_results(**vars(args), say=say)))
