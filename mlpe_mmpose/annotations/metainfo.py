"""The keypoints that the categories of a file name and link."""

from collections.abc import Iterator, Sequence

from .faults import Fault, fault_of_file
from .fields import CATEGORY
from .sides import guess_swaps


def find_names(content: object) -> tuple[str, ...]:
    """Return the names of the keypoints; () if the file has no valid ones."""
    categories = content.get('categories') if isinstance(content, dict) else ()
    names = next((c['keypoints'] for c in find_named(categories or ())), [])
    return tuple(names) if CATEGORY['keypoints'].is_valid(names) else ()


def find_named(categories: Sequence) -> list[dict]:
    """Return the categories with names of keypoints."""
    return [
        c for c in categories if isinstance(c, dict) and c.get('keypoints')
    ]


def find_swaps(category: dict) -> dict[str, str]:
    """Return the partner of each keypoint that a mirror exchanges.

    ``flip_indices`` of the category say it, as ``import-data`` writes them;
    without them the names are looked at, see :func:`guess_swaps`.

    Args:
        category (dict): A category with K names and without a fault
    """
    names, flips = category['keypoints'], category.get('flip_indices')
    if flips is None:
        return guess_swaps(names)
    return {
        name: names[flip]
        for name, flip in zip(names, flips, strict=True)
        if name != names[flip]
    }


def find_metainfo_faults(categories: Sequence) -> Iterator[Fault]:
    """Find faults of the names of keypoints, and of the links."""
    named = find_named(categories)
    if not named:
        lack = f"no 'keypoints', which are names, in its {len(categories)} "
        yield fault_of_file('keypoints', f'{lack}categories')
        return
    names = named[0]['keypoints']
    if any(category['keypoints'] != names for category in named):
        yield fault_of_file(
            'keypoints',
            f'different keypoints in {[c.get("name") for c in named]}. '
            'Split the file: a model predicts the keypoints of one category',
        )
    links = named[0].get('skeleton') or []
    for link in links if isinstance(links, list) else [links]:
        pair = link if isinstance(link, list) and len(link) == 2 else ['']
        if not all(isinstance(i, int) and 0 < i <= len(names) for i in pair):
            yield fault_of_file(
                'skeleton',
                f"{link!r} in a 'skeleton', which is no pair of numbers from "
                f'1 to {len(names)}, as COCO counts keypoints',
            )
    flips = named[0].get('flip_indices')
    if (
        flips is not None
        and CATEGORY['keypoints'].is_valid(names)
        and not _are_partners(flips, len(names))
    ):
        yield fault_of_file(
            'flip_indices',
            f"{flips!r:.60} as 'flip_indices', which is no list of the "
            f'partner, from 0, of each of {len(names)} keypoints',
        )


def _are_partners(flips: object, count: int) -> bool:
    """Whether each number from 0 to ``count`` - 1 has a partner, or itself."""
    numbers = [*range(count)]
    return (
        isinstance(flips, list)
        and all(type(flip) is int for flip in flips)
        and sorted(flips) == numbers
        and [flips[flip] for flip in flips] == numbers
    )
