"""The command line of ``synth``."""

import argparse
from typing import TYPE_CHECKING

from mlpe_mmpose.optional import require

from ..show_count import show_count

if TYPE_CHECKING:
    from .generator import DatasetSummary

HELP = "generate a small data set of people in COCO's format"

# argument of generate_dataset -> the name on the command line
_OPTIONS = {
    'num_train': '--images',
    'num_val': '--val-images',
    'image_size': '--size',
    'seed': '--seed',
    'max_people': '--max-people',
    'out_dir': 'OUT',
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the verb."""
    add = parser.add_argument
    default = ' (default: %(default)s)'
    add('out', metavar='OUT', help='folder to fill')
    text = 'number of training images' + default
    add('--images', type=int, default=1000, metavar='N', help=text)
    text = 'number of validation images (default: a quarter of N)'
    add('--val-images', type=int, metavar='M', help=text)
    text = 'the same seed gives the same data' + default
    add('--seed', type=int, default=0, metavar='S', help=text)
    text = 'image size in pixels (default: 320 240)'
    size = {'nargs': 2, 'default': (320, 240), 'metavar': ('W', 'H')}
    add('--size', type=int, help=text, **size)
    text = 'largest number of people of an image' + default
    add('--max-people', type=int, default=4, metavar='P', help=text)


def run(args: argparse.Namespace) -> None:
    """Generate the data set; print the progress, then a summary."""
    require('cv2', 'The generator')
    from .generator import generate_dataset

    num_val = args.val_images
    if num_val is None:
        num_val = max(1, args.images // 4)
    plan = (args.images, num_val, args.seed, tuple(args.size), args.max_people)
    try:
        summary = generate_dataset(args.out, *plan, show_count)
    except ValueError as error:
        text = str(error)
        for argument, option in _OPTIONS.items():
            if text.startswith(f'{argument} '):
                text = option + text.removeprefix(argument)
        raise ValueError(text) from error
    print(_describe(summary))


def _describe(summary: 'DatasetSummary') -> str:
    """Return the summary as a few lines of text."""
    if summary.reused:
        how = 'the same data set was there already; nothing was written'
    else:
        rate = summary.images / summary.seconds
        how = f'{summary.seconds:.1f} s, {rate:.0f} images/s'
    return (
        f'{summary.out_dir}: {how}\n'
        f'  {summary.images} images, {summary.people} people, '
        f'{summary.crowds} crowd regions\n'
        f'  keypoints: {summary.seen} visible (2), {summary.covered} '
        f'covered (1), {summary.outside} outside the image (0)'
    )
