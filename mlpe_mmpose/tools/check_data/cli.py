"""The command line of ``check-data``."""

import argparse

HELP = 'find mistakes in annotations, images and detected boxes'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the verb."""
    add = parser.add_argument
    add('ann_file', metavar='ANN.json', help="annotations in COCO's format")
    add('--images', required=True, metavar='DIR', help='folder of the images')
    add(
        '--boxes', metavar='FILE', help="detected boxes, as MMPose's bbox_file"
    )


def run(args: argparse.Namespace) -> int:
    """Print the findings; the status is 1 if one of them is an error."""
    # `mlpe_mmpose.apis` would import torch, which the checks do not need
    from .check_data import check_data

    findings = check_data(args.ann_file, args.images, args.boxes)
    for finding in findings:
        print(finding)
    errors = sum(finding.is_error for finding in findings)
    warnings = len(findings) - errors
    print(f'{args.ann_file}: {errors} errors, {warnings} warnings')
    return 1 if errors else 0
