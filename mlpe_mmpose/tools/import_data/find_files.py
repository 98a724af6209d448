"""Finds the files that labels name, where they were moved."""

from pathlib import Path


class SourceError(ValueError):
    """Labels that sleap-io would take for other labels."""


def list_ends(name: str) -> list[str]:
    """Return the path, and its ends without one, two... of its folders."""
    # a path that was written on Windows has backslashes
    parts = name.replace('\\', '/').split('/')
    parts = [part for part in parts if part not in ('', '.')]
    ends = ['/'.join(parts[start:]) for start in range(len(parts))]
    return [f'/{ends[0]}', *ends] if name.startswith('/') else ends


def find_below(folder: Path, name: str) -> str | None:
    """Return the path of a file, or its longest end that is in the folder."""
    for end in list_ends(name):
        if (path := folder / end).is_file():
            return str(path)
    return None


def refuse_one_for_two(
    names: dict[str, str], path: str, name: str, folder: Path
) -> None:
    """Note what a found file is called in the labels, always the same.

    Raises:
        SourceError: If ``names`` has another name of the file.
    """
    if names.setdefault(path, name) != name:
        raise SourceError(
            f'{names[path]} and {name} would both be {path}. Put the files '
            f'below {folder} into the folders that are at the end of their '
            'paths.'
        )
