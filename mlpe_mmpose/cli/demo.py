"""Generate people, train the tiny model on them, test it, draw."""

import argparse
import functools
import sys


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the verb: there are none."""


def run(args: argparse.Namespace) -> int:
    """Run the demo in the current folder; the pictures' paths come last."""
    import mlpe_mmpose.registration  # noqa: F401
    from mlpe_mmpose.apis.demo import run_demo

    say = functools.partial(print, flush=True)
    try:
        pictures = run_demo(say)
    except (RuntimeError, ValueError) as error:
        print(f'demo: {error}', file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print('\ndemo: stopped; the same command goes on from here')
        return 130
    for path in pictures:
        say(str(path))
    return 0
