"""Sets a variable of the environment for a while."""

import contextlib
import os
from collections.abc import Iterator


@contextlib.contextmanager
def set_variable(name: str, value: str) -> Iterator[None]:
    """Set a variable, and give it its earlier value at the end, or none."""
    given = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        del os.environ[name]
        if given is not None:
            os.environ[name] = given
