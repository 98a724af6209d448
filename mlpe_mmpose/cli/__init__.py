"""The command line: one module a verb, each calls one function.

A verb is a module of this package with a one-line docstring (its help),
``add_arguments(parser)`` and ``run(args) -> int`` (the exit status). A verb
is only imported when it is asked for, so that ``doctor`` and ``synth`` start
without torch.
"""

import argparse
import importlib
import sys
import warnings
from collections.abc import Sequence

from ..compat.optional import MissingPackageError

# verb -> one line of help; its module, with _ for -, is imported on use
VERBS = {
    'doctor': 'check the installed stack, and say how to mend it',
    'synth': 'generate a small COCO-format data set of people',
    'demo': 'generate, train, test and draw the tiny model',
    'configs': 'list the shipped configs, or copy one',
    'compare': 'train and test a list of configs under equal conditions',
    'report': 'diagnose a checkpoint on one HTML page',
    'benchmark': 'measure speed beside the peers, in one table',
    'export': 'write a trained model as one ONNX file',
    'convert': 'turn a checkpoint of the authors or of pytorch-cpn into ours',
    'init-dataset': 'write metainfo and config for a data set of your own',
    'pack': 'pack results on COCO test-dev for its evaluation server',
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb.

    Args:
        argv (Sequence[str], optional): Arguments without the program's name.
            Defaults to those of the process

    Returns:
        int: The exit status: 0 for success, 1 if a package is missing that
            the verb needs, 2 for a wrong call.
    """
    parser = argparse.ArgumentParser(
        prog='python -m mlpe_mmpose',
        description='MLPE, the multi-level human pose network, for MMPose',
    )
    verbs = parser.add_subparsers(dest='verb', metavar='VERB')
    for verb, text in VERBS.items():
        verbs.add_parser(verb, help=text, add_help=False)
    known, rest = parser.parse_known_args(argv)
    if known.verb is None:
        parser.print_help()
        return 2

    # what the stack says on every start, and nobody here can mend
    for text in ('pkg_resources is deprecated', 'The metainfo config file'):
        warnings.filterwarnings('ignore', text)
    name = known.verb.replace('-', '_')
    module = importlib.import_module(f'{__name__}.{name}')
    verb_parser = argparse.ArgumentParser(
        prog=f'python -m mlpe_mmpose {known.verb}',
        description=VERBS[known.verb],
    )
    module.add_arguments(verb_parser)
    args = verb_parser.parse_args(rest)
    try:
        return module.run(args)
    except MissingPackageError as error:
        print(f'{known.verb}: {error}', file=sys.stderr)
        return 1
