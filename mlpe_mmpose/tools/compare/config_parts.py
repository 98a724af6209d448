"""Finds parts of a config."""

from collections.abc import Collection, Iterator

from mmengine.config import Config

from mlpe_mmpose.apis.pipeline_steps import name_type


def find_by_type(part: object, types: Collection[str]) -> Iterator[dict]:
    """Yield every dict of one of these types, at any depth of a config."""
    if isinstance(part, dict):
        if name_type(part) in types:
            yield part
        part = list(part.values())
    if isinstance(part, (list, tuple)):
        for inner in part:
            yield from find_by_type(inner, types)


def sees_whole_images(config: Config) -> bool:
    """Tell whether a network gets whole images, and not crops of boxes."""
    return config.test_dataloader.dataset.get('data_mode') == 'bottomup'
