"""Write docs/api.md: all that the package offers by name, from docstrings.

    python docs/make_api.py

A test compares the file with what this script would write.
"""

import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

FILE = Path(__file__).with_name('api.md')
INTRODUCTION = """\
# What a program can import

`python docs/make_api.py` writes this page from the docstrings.
"""
# module -> what a person finds there
MODULES = {
    'mlpe_mmpose': 'The registered classes: names for a config, and a base '
    'for classes of your own.',
    'mlpe_mmpose.apis': 'A trained model in a script, and what the verbs of '
    'the command line do.',
    'mlpe_mmpose.runtime': 'An exported model, without PyTorch.',
}


def make_page() -> str:
    """Return the text of docs/api.md."""
    return '\n'.join([INTRODUCTION, *_make_sections()])


def _make_sections() -> Iterator[str]:
    for name, purpose in MODULES.items():
        module = importlib.import_module(name)
        yield f'## `{name}`\n\n{purpose}\n'
        for public in sorted(module.__all__, key=str.lower):
            if not public.startswith('__'):
                yield _make_entry(public, getattr(module, public))


def _make_entry(name: str, item: object) -> str:
    """Return the entry of one class or function."""
    text = inspect.cleandoc(item.__doc__)
    if inspect.isclass(item) and item.__call__ is not None:
        text += _call_text(item)
    return f'### `{name}{_signature(item)}`\n\n```text\n{text}\n```\n'


def _call_text(item: type) -> str:
    """Return the docstring of a class's own ``__call__``, if it has one."""
    call = vars(item).get('__call__')
    if call is None or not call.__doc__:
        return ''
    return (
        f'\n\nCalled, {_signature(call)}:\n\n{inspect.cleandoc(call.__doc__)}'
    )


def _signature(item: object) -> str:
    """Return the arguments without annotations, which the text explains."""
    signature = inspect.signature(item)
    bare = [
        parameter.replace(annotation=inspect.Parameter.empty)
        for parameter in signature.parameters.values()
        if parameter.name != 'self'
    ]
    text = signature.replace(
        parameters=bare, return_annotation=inspect.Signature.empty
    )
    return re.sub(r'<built-in function (\w+)>', r'\1', str(text))


if __name__ == '__main__':
    FILE.write_text(make_page())
