"""Arguments that several verbs share."""

import argparse
from pathlib import Path

from mlpe_mmpose.shipped import find_config


def add_cfg_options(parser: argparse.ArgumentParser) -> None:
    """Declare ``--cfg-options KEY=VALUE ...``, as ``mim train`` reads it.

    ``args.cfg_options`` becomes a dict, or ``None`` without the argument.
    """
    # here, because the list of verbs must not need MMEngine
    from mmengine.config import DictAction

    parser.add_argument(
        '--cfg-options',
        nargs='+',
        action=DictAction,
        type=_check_option,
        metavar='KEY=VALUE',
        help='settings that replace those of the config, as in `mim test`',
    )


def config_path(text: str) -> str:
    """Return the path of a config that is named as ``configs`` lists it.

    The path of a file stays as it is.

    Raises:
        FileNotFoundError: If no file and no config has the name. Argparse
            would turn a ValueError into several lines of usage.
    """
    if Path(text).is_file():
        return text
    try:
        return str(find_config(text))
    except ValueError as error:
        raise FileNotFoundError(f'no such file, and {error}') from error


def add_detector(
    parser: argparse._ActionsContainer, required: bool = False
) -> None:
    """Declare ``--detector`` and its weights, as ``build_detector`` does."""
    parser.add_argument(
        '--detector',
        required=required,
        help='finds the boxes of people: an ONNX file, torchvision:NAME, or '
        'an MMDetection config or name',
    )
    parser.add_argument(
        '--detector-checkpoint',
        metavar='FILE',
        help='weights of the detector; the path of a config needs them '
        '(default: downloaded by name)',
    )


def _check_option(text: str) -> str:
    """Reject a setting that DictAction would fail to split."""
    if '=' not in text:
        raise argparse.ArgumentTypeError(f'needs KEY=VALUE, got {text!r}')
    return text
