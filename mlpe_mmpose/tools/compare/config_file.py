"""Writes the config of a run to one file."""

import ast
from collections.abc import Iterator
from pathlib import Path
from pprint import pformat

from mmengine.config import Config

from ..output_file import write_then_check


def write_config(config: Config, path: Path) -> None:
    """Write a config as one file that MMEngine reads back as it was.

    Args:
        config (Config): The config
        path (Path): The ``.py`` file; its folder is made

    Raises:
        ValueError: If a value cannot be written as text. The file stays as
            it was then.
    """
    wanted = config.to_dict()
    if unwritable := list(_find_unwritable(wanted)):
        raise ValueError(
            'a config file holds strings, numbers, True, False, None, and '
            'tuples, lists and dicts of these, but not '
            f'{", ".join(unwritable)}.'
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with write_then_check(path) as unproven:
            config.dump(unproven)
            found = Config.fromfile(unproven).to_dict()
            # the comparison is of text, because True == 1 == 1.0; pformat
            # sorts the keys of dicts, as the dump does
            changed = [
                key
                for key in {**wanted, **found}
                if pformat(wanted.get(key)) != pformat(found.get(key))
            ]
            if changed:
                raise ValueError(
                    f'{", ".join(changed)} would be something else'
                )
    except Exception as error:  # of MMEngine, yapf, or Python's parser
        raise ValueError(
            'MMEngine cannot write the config to a file and read it again: '
            f'{type(error).__name__}: {error}. It replaces strings with '
            '{{ }}, and reads no key that is a keyword of Python.'
        ) from error


def _find_unwritable(value: object, key: str = '') -> Iterator[str]:
    """Yield 'key = value' for each value that cannot be read from its text."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _find_unwritable(inner, f'{key}.{name}'.strip('.'))
    elif isinstance(value, (list, tuple)):
        for index, inner in enumerate(value):
            yield from _find_unwritable(inner, f'{key}[{index}]')
    else:
        try:
            same = ast.literal_eval(repr(value)) == value
        except (SyntaxError, ValueError):
            same = False
        if same is not True:
            yield f'{key} = {value!r:.60} ({type(value).__name__})'
