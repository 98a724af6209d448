"""The arguments of a generated data set, and a summary of its content."""

from dataclasses import asdict, dataclass, fields

from .annotations import IDS_PER_IMAGE

GENERATOR_VERSION = 4  # raise it when any image or annotation changes

SPLITS = ('train', 'val')
FIRST_ID = {'train': 1, 'val': 1_000_001}
_MAX_IMAGES = 1_000_000  # image ids of train stay below those of val
_MIN_SIDE = 64  # pixels; the smallest person would be 17 pixels high
_MAX_SIDE = 2000  # pixels; OpenCV's coordinates in 1/16 pixel are limited
_MAX_SEED = 2**63 - 1  # the largest integer of other JSON readers


@dataclass
class DatasetSummary:
    """Summary of a generated data set.

    Args:
        out_dir (str): Folder of the data set
        images (int): Number of images, train and val
        people (int): Number of people, without crowds
        crowds (int): Number of crowd regions
        seen (int): Number of keypoints with visibility 2
        covered (int): Number of keypoints with visibility 1
        outside (int): Number of keypoints with visibility 0
        seconds (float): Duration of the generation; 0 if it was reused
        reused (bool): Whether the data set was complete already
    """

    out_dir: str
    images: int = 0
    people: int = 0
    crowds: int = 0
    seen: int = 0
    covered: int = 0
    outside: int = 0
    seconds: float = 0.0
    reused: bool = False

    def add(self, annotations: list[dict]) -> None:
        """Count one more image with its annotations."""
        self.images += 1
        for annotation in annotations:
            if annotation['iscrowd']:
                self.crowds += 1
                continue
            self.people += 1
            flags = annotation['keypoints'][2::3]
            self.outside += flags.count(0)
            self.covered += flags.count(1)
            self.seen += flags.count(2)

    def counts(self) -> dict[str, int]:
        """Return the counts alone, which ``synth.json`` holds."""
        return {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if field.type is int
        }


@dataclass(frozen=True)
class Plan:
    """The arguments of :func:`generate_dataset`."""

    num_train: int
    num_val: int
    seed: int
    image_size: tuple[int, int]
    max_people: int

    def check(self) -> None:
        """Raise a ValueError if a value is out of range."""
        if len(self.image_size) != 2:
            raise ValueError(
                f'image_size must be [w, h], got {self.image_size}'
            )
        width, height = self.image_size
        for name, value, low, high in (
            ('num_train', self.num_train, 1, _MAX_IMAGES),
            ('num_val', self.num_val, 1, _MAX_IMAGES),
            ('seed', self.seed, 0, _MAX_SEED),
            ('max_people', self.max_people, 1, IDS_PER_IMAGE // 2),
            ('image_size (width)', width, _MIN_SIDE, _MAX_SIDE),
            ('image_size (height)', height, _MIN_SIDE, _MAX_SIDE),
        ):
            if not isinstance(value, int) or not low <= value <= high:
                raise ValueError(
                    f'{name} must be a whole number from {low} to {high}, '
                    f'got {value}'
                )

    def count(self, split: str) -> int:
        """Return the number of images of a split."""
        return self.num_train if split == 'train' else self.num_val

    def record(self) -> dict:
        """Return the content of ``synth.json`` but the counts."""
        record = {'generator_version': GENERATOR_VERSION} | asdict(self)
        return record | {'image_size': list(self.image_size)}
