"""The command line of ``demo``."""

import argparse
import functools

HELP = 'generate people, train a tiny model on them, test it, draw'
WHEN_STOPPED = 'stopped; the same command continues from here'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the verb: there are none."""


def run(args: argparse.Namespace) -> None:
    """Run the demo in the current folder; print the pictures' paths last."""
    from mlpe_mmpose.apis import run_demo

    say = functools.partial(print, flush=True)
    for path in run_demo(say):
        say(str(path))
