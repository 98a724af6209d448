"""How `predict --engine ray` spreads its work."""

import dataclasses

FORMATS = ('json', 'parquet')


@dataclasses.dataclass(frozen=True)
class RayJob:
    """How to spread the work.

    Args:
        address (str, optional): Address of a Ray cluster, as ``'auto'`` or
            ``'ray://host:10001'``. Defaults to a cluster on this machine, of
            as many processes as there are workers
        workers (int): Number of actors with a network, and of those with a
            detector. Defaults to 1
        shard_size (int): Images in a file of the output. Defaults to 256: a
            killed worker costs at most so many
        format (str): ``'json'`` for JSON lines, or ``'parquet'``. Defaults to
            ``'json'``
    """

    address: str | None = None
    workers: int = 1
    shard_size: int = 256
    format: str = 'json'

    def __post_init__(self) -> None:
        for name in ('workers', 'shard_size'):
            if getattr(self, name) < 1:
                raise ValueError(
                    f'--{name.replace("_", "-")} must be at least 1, got '
                    f'{getattr(self, name)}.'
                )
        if self.format not in FORMATS:
            raise ValueError(
                f'--format is one of {", ".join(FORMATS)}, got {self.format}.'
            )
