"""The annotations and images of one split of a new data set."""

import dataclasses
from pathlib import Path

from mlpe_mmpose.annotations.fields import Use
from mlpe_mmpose.annotations.metainfo import (
    find_named,
    find_names,
    find_swaps,
)
from mlpe_mmpose.annotations.read import read_annotations


@dataclasses.dataclass(frozen=True)
class Split:
    """Annotations to train or to validate on, and their images.

    Args:
        ann_file (Path): The file of annotations in COCO's format
        images (Path): The folder of the images
        content (dict): What the file has; it has no fault
    """

    ann_file: Path
    images: Path
    content: dict

    @property
    def names(self) -> tuple[str, ...]:
        """The K names of the keypoints."""
        return find_names(self.content)

    @property
    def category(self) -> dict:
        """The category with the names of the keypoints."""
        return find_named(self.content['categories'])[0]

    @property
    def links(self) -> list[tuple[int, int]]:
        """The links of the skeleton, as pairs of indices from 0."""
        links = self.category.get('skeleton') or ()
        # COCO counts keypoints from 1
        return [(a - 1, b - 1) for a, b in links]

    @property
    def swaps(self) -> dict[str, str]:
        """The partner of each keypoint that a mirror exchanges."""
        return find_swaps(self.category)

    @property
    def has_swaps(self) -> bool:
        """Whether the file says which keypoints a mirror exchanges."""
        return self.category.get('flip_indices') is not None

    @property
    def has_occluded(self) -> bool:
        """Whether flags tell visible keypoints (2) from occluded ones (1)."""
        annotations = self.content['annotations']
        return any(2 in (a.get('keypoints') or ())[2::3] for a in annotations)

    @property
    def num_without_area(self) -> int:
        """The number of annotations without ``area``."""
        annotations = self.content['annotations']
        return sum(a.get('area') is None for a in annotations)


def read_split(ann_file: str | Path, images: str | Path) -> Split:
    """Read annotations, and check that all of their images are there.

    Raises:
        OSError: If the file cannot be read, or an image is missing.
        ValueError: If MMPose or the metric could not use the annotations.
    """
    use = Use.TRAIN | Use.EVALUATE | Use.METAINFO
    content = read_annotations(ann_file, use, images=images)
    return Split(Path(ann_file), Path(images), content)
