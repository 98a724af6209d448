"""Unclear failures of the stack, explained where they happen.

Nothing is checked while all goes well. Only when an import of the stack
has failed is the error compared with the failures known to be unclear.
"""

import contextlib
from collections.abc import Iterator


def explain(error: BaseException) -> str | None:
    """Say what an error of the stack means, and what mends it.

    Args:
        error (BaseException): What an import of the stack has raised

    Returns:
        str, optional: The package, the version found and the command that
        mends it; None if the error is not one of the known ones.
    """
    return None


@contextlib.contextmanager
def explained() -> Iterator[None]:
    """Turn an unclear failure of the enclosed imports into a clear one.

    Raises:
        ImportError: With a diagnosis, from the original error. An error
            that has no diagnosis is passed on untouched.
    """
    try:
        yield
    except Exception as error:
        diagnosis = explain(error)
        if diagnosis is None:
            raise
        raise ImportError(diagnosis) from error
