"""What the checks of a data set find."""

from typing import NamedTuple


class Finding(NamedTuple):
    """A kind of mistake.

    Args:
        is_error (bool): Whether training or evaluation fails or is useless;
            otherwise the finding is a warning
        count (int): How often the mistake was found
        what (str): The mistake, as words after the number
        example (str): The first case
    """

    is_error: bool
    count: int
    what: str
    example: str

    def __str__(self) -> str:
        """Return one line."""
        level = 'error' if self.is_error else 'warning'
        return f'{level}: {self.count} {self.what}; the first: {self.example}'
