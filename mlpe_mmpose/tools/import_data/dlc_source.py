"""Prepares the tables of DeepLabCut for sleap-io."""

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

from .find_files import SourceError, find_below, refuse_one_for_two

# the "individual" of keypoints that belong to no animal, as corners of a cage
UNIQUE = 'single'


def prepare_dlc(
    source: Path, images: Path | None, place: Path, say: Callable[[str], None]
) -> Path | None:
    """Copy tables with the labelled rows alone, and with full paths.

    sleap-io 0.9.5 gives labels to other images where one is missing, leaves
    out a folder without images or with paths of Windows, takes the labels of
    a network for those of a person, and unique keypoints for an animal.

    Args:
        source (Path): A project, its ``config.yaml``, or a table
        images (Path, optional): Where images are that are not beside a table
        place (Path): The folder of the copy
        say (callable): Takes notes of what is left out

    Returns:
        Path | None: The copy, to be read in place of the source; ``None`` if
        that is not of DeepLabCut.

    Raises:
        FileNotFoundError: If a labelled image is missing.
        SourceError: If there is no table, one that is no CSV file, or one
            with poses in 3D.
    """
    project = source.parent if source.name == 'config.yaml' else source
    is_table = _is_table(source)
    if is_table:
        tables = [source]
    elif all((project / n).exists() for n in ('config.yaml', 'labeled-data')):
        tables = _find_tables(project)
    else:
        return None
    names: dict[str, str] = {}
    for table in tables:
        rows = _read_rows(table, images, names, say)
        copy = place / 'labeled-data' / table.absolute().parent.name
        copy.mkdir(parents=True)
        with (copy / table.name).open('w', newline='') as file:
            csv.writer(file).writerows(rows)
    for folder in table.absolute().parents[:4]:
        if (folder / 'config.yaml').is_file():
            shutil.copy(folder / 'config.yaml', place)
            break
    return copy / table.name if is_table else place


def _is_table(path: Path) -> bool:
    if path.suffix != '.csv' or not path.is_file():
        return False
    with path.open(encoding='utf-8-sig', errors='replace') as file:
        return file.readline().startswith('scorer,')


def _find_tables(project: Path) -> list[Path]:
    """Find the table of each folder, that of the project's scorer first."""
    import yaml

    config = yaml.safe_load((project / 'config.yaml').read_bytes())
    first, found = f'CollectedData_{config.get("scorer")}', []
    for folder in sorted((project / 'labeled-data').iterdir()):
        tables = sorted(folder.glob('CollectedData_*'))
        tables.sort(key=lambda table: table.stem != first)
        readable = [table for table in tables if table.suffix == '.csv']
        if tables and not readable:
            raise SourceError(
                f'{tables[0]} has no CSV file beside it, which is read. Write '
                'it by pandas.read_hdf(FILE).to_csv(FILE.csv).'
            )
        found += readable[:1]
    if not found:
        raise SourceError(
            f'{project} has no labels: no table '
            'labeled-data/VIDEO/CollectedData_SCORER.csv is there.'
        )
    return found


def _read_rows(
    table: Path,
    images: Path | None,
    names: dict[str, str],
    say: Callable[[str], None],
) -> list[list[str]]:
    """Read the header of a table, and the rows that have a label.

    ``names`` are the names of the images by their paths, which it notes.
    """
    with table.open(newline='', encoding='utf-8-sig') as file:
        rows = [row for row in csv.reader(file) if row]
    # since DeepLabCut 2.2 the parts of a path are three columns
    width = 3 if any(row[0] == 'labeled-data' for row in rows) else 1
    rows = [['/'.join(filter(None, r[:width])), *r[width:]] for r in rows]
    start = [row[0] for row in rows].index('coords') + 1
    if 'z' in rows[start - 1]:
        raise SourceError(
            f'{table} has poses in 3D (a coordinate z). This package '
            'predicts in 2D: import the labels of each camera.'
        )
    individuals = next((r for r in rows[:start] if r[0] == 'individuals'), [])
    if UNIQUE in individuals and {*individuals[1:]} != {UNIQUE}:
        say(f'note: unique keypoints of {table}, of no animal, are left out')
        kept = [i for i, name in enumerate(individuals) if name != UNIQUE]
        rows = [[row[i] for i in kept] for row in rows]
    labelled = [row for row in rows[start:] if any(row[1:])]
    for row in labelled:
        row[0] = _find_image(row[0], table, images, names)
    return rows[:start] + labelled


def _find_image(
    name: str, table: Path, images: Path | None, names: dict[str, str]
) -> str:
    path = find_below(table.parent, name)
    if path is None and images is not None:
        path = find_below(images, name)
    if path is None:
        raise FileNotFoundError(
            f'{table}: images are missing, as {name}. Name the folder that '
            'has them, by this path or the end of it, with --images.'
        )
    refuse_one_for_two(names, path, name, images or table.parent)
    return str(Path(path).absolute())
