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

    from ..mim_runs import stopped_by_signals

    say = functools.partial(print, flush=True)
    with stopped_by_signals():
        pictures = run_demo(say)
    for path in pictures:
        say(str(path))
