"""The command line, ``python -m mlpe_mmpose VERB``: one folder for each verb.

A verb's folder has a ``cli.py`` with ``HELP`` (one line),
``add_arguments(parser)`` and ``run(args)``; ``WHEN_STOPPED`` may say what a
user can do after Ctrl-C. That module parses and prints. The work is done by a
function that a script can import as well (see :mod:`mlpe_mmpose.apis`). Such a
function raises its errors, and neither prints nor exits. If its arguments have
the names of those on the command line, ``run`` passes on ``vars(args)``. This
module turns the errors into messages and exit codes.
"""

import argparse
import enum
import importlib
import os
import pickle
import sys
import traceback
import warnings
from collections.abc import Iterator, Sequence
from types import ModuleType

from mlpe_mmpose.version import __version__

from .escape import escape

PROGRAM = 'python -m mlpe_mmpose'
# what a person wants -> verbs; the folder of a verb has _ in place of -
VERBS = {
    'Try it': ('demo',),
    'Train': ('configs', 'compare', 'benchmark'),
    'Use a model': (
        'predict',
        'convert',
        'export',
        'export-data',
        'pack',
        'web',
    ),
    'Look at a model': ('report',),
    'Prepare data': (
        *('import-data', 'check-data', 'init-dataset', 'detect-boxes'),
        'synth',
    ),
    'Mend an installation': ('doctor',),
}
FIRST_STEPS = f"""
What to do first:
  {PROGRAM} doctor      check that training would start
  {PROGRAM} demo        train and test a tiny model, in minutes
  {PROGRAM} configs     choose a config; `mim train` trains it
  {PROGRAM} VERB -h     show the arguments of a verb

Exit status: 0 the work is done, 1 it failed, 2 the call was wrong, 130 stopped
"""


class ExitCode(enum.IntEnum):
    """The exit status of the program."""

    DONE = 0
    FAILED = 1  # the call was right, but the work could not be done
    WRONG_CALL = 2  # an argument is wrong, or a file that it names
    STOPPED = 130  # by Ctrl-C, or because nobody reads the output any more


# The first row that names the error's class decides. An error of any other
# class is of a config's code, or a mistake in this package, and Python shows
# its traceback.
EXIT_CODES = (
    ((KeyboardInterrupt, BrokenPipeError), ExitCode.STOPPED),
    (
        (
            ValueError,
            FileNotFoundError,
            FileExistsError,
            IsADirectoryError,
            NotADirectoryError,
        ),
        ExitCode.WRONG_CALL,
    ),
    (
        (RuntimeError, OSError, ImportError, pickle.UnpicklingError),
        ExitCode.FAILED,
    ),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb.

    Args:
        argv (Sequence[str], optional): Arguments without the program's name.
            Defaults to the arguments of the process

    Returns:
        int: The exit status, see :class:`ExitCode`.
    """
    argv = sys.argv[1:] if argv is None else list(argv)
    _open_closed_streams()
    # OpenMMLab emits these warnings at every start; a user cannot act on them
    for text in ('pkg_resources is deprecated', 'The metainfo config file'):
        warnings.filterwarnings('ignore', text)
    parser = _build_parser()
    if not argv:
        parser.print_help()
        return ExitCode.WRONG_CALL
    verb = parser.parse_args(argv[:1]).verb
    cli = _load_cli(verb)
    try:
        status = cli.run(_parse_arguments(verb, cli, argv[1:]))
        # a closed pipe must raise here: at exit, Python would print the error
        sys.stdout.flush()
        return status or ExitCode.DONE
    except (KeyboardInterrupt, Exception) as error:
        # argparse takes the beginning of an option for the option
        asked = any(
            '--traceback'.startswith(word) for word in argv if word[2:]
        )
        return _report_error(verb, cli, error, asked)


def _open_closed_streams() -> None:
    """Let a program that was started without stdout or stderr write there.

    Python sets such a stream to ``None``. The next file that is opened would
    get the number of the stream, and what C libraries print would go into it.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            # a file gets the lowest number that is free, so this one
            os.open(os.devnull, os.O_RDWR)
    for name in ('stdout', 'stderr'):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, 'w'))  # noqa: SIM115


def _parse_arguments(
    verb: str, cli: ModuleType, argv: Sequence[str]
) -> argparse.Namespace:
    """Parse the arguments of a verb."""
    parser = argparse.ArgumentParser(
        prog=f'{PROGRAM} {verb}',
        description=f'{cli.HELP[0].upper()}{cli.HELP[1:]}.',
    )
    cli.add_arguments(parser)
    parser.add_argument(
        '--traceback',
        action='store_true',
        help='show where in the code an error was raised',
    )
    args = parser.parse_args(argv)
    # `main` looks for it in argv; what is left are the verb's own arguments
    del args.traceback
    return args


def _build_parser() -> argparse.ArgumentParser:
    """Build the parser that takes the verb; its help lists all verbs."""
    parser = argparse.ArgumentParser(
        prog=PROGRAM,
        usage=f'{PROGRAM} VERB ...',
        description='MLPE, the multi-level human pose network, for MMPose.',
        epilog='\n'.join([*_list_verbs(), FIRST_STEPS]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument('--version', action='version', version=__version__)
    parser.add_argument(
        'verb',
        metavar='VERB',
        choices=[verb for verbs in VERBS.values() for verb in verbs],
        help=argparse.SUPPRESS,
    )
    return parser


def _list_verbs() -> Iterator[str]:
    """Yield the lines of the help that list the verbs by purpose."""
    for purpose, verbs in VERBS.items():
        yield f'{purpose}:'
        for verb in verbs:
            yield f'  {verb:<14} {_load_cli(verb).HELP}'


def _load_cli(verb: str) -> ModuleType:
    """Import the command line of a verb, which imports no torch yet."""
    name = verb.replace('-', '_')
    return importlib.import_module(f'{__name__}.{name}.cli')


def _report_error(
    verb: str, cli: ModuleType, error: BaseException, show_traceback: bool
) -> ExitCode:
    """Print the message of an error, and choose the exit status.

    Raises:
        BaseException: The error itself, if ``EXIT_CODES`` does not name its
            class, and it was not raised by the code of a config.
    """
    codes = [code for kinds, code in EXIT_CODES if isinstance(error, kinds)]
    message = str(error) or type(error).__name__
    if not codes:
        if not (place := _find_in_config(error)):
            raise error
        codes = [ExitCode.WRONG_CALL]
        # without the `<unknown>` that is in `str` of a SyntaxError
        message = getattr(error, 'msg', message)
        message = f'{place}: {type(error).__name__}: {message}'
    if show_traceback:
        traceback.print_exception(error)
    if isinstance(error, BrokenPipeError):
        # Python writes the rest of the output at exit; it must not fail again
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    elif codes[0] == ExitCode.STOPPED:
        hint = getattr(cli, 'WHEN_STOPPED', 'stopped')
        print(f'\n{verb}: {hint}', file=sys.stderr)
    else:
        print(escape(f'{verb}: {message}'), file=sys.stderr)
    return codes[0]


def _find_in_config(error: BaseException) -> str | None:
    """Name the config, and the line, whose code raised an error.

    MMEngine reads a copy of the file, which Python would name.
    """
    config = line = None
    for frame, number in traceback.walk_tb(error.__traceback__):
        if frame.f_globals.get('__name__') != 'mmengine.config.config':
            line = line or number
        elif frame.f_code.co_name in ('fromfile', '_file2dict'):
            config, line = frame.f_locals['filename'], None
    line = getattr(error, 'lineno', line)
    return config and (f'{config}, line {line}' if line else str(config))
