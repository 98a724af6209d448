"""Comparisons of configs under equal conditions."""

from pathlib import Path

SUITES = Path(__file__).parent / 'suites'


def suite_names() -> list[str]:
    """Return the names of the shipped suites, in alphabetical order."""
    return sorted(path.stem for path in SUITES.glob('*.py'))
