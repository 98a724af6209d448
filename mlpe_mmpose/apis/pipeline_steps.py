"""Find parts of a config, such as the steps of a pipeline, by name."""

from collections.abc import Mapping, Sequence

from mmengine.config import Config


def name_type(part: Mapping) -> str:
    """Return the name of the class that a part of a config is built from.

    In a config of MMEngine's newer style, a type is the class itself, and in
    the file to which a training writes such a config, its dotted path.
    """
    kind = part.get('type', '')
    return str(getattr(kind, '__name__', kind)).rpartition('.')[2]


def name_classes(config: Config) -> Config:
    """Copy a config, with dotted paths in the place of imported classes."""
    return Config(config.to_dict(), filename=config.filename)


def name_steps(pipeline: Sequence[dict]) -> dict[str, dict]:
    """Return the steps of a pipeline, in order, by the names of classes."""
    return {name_type(step): step for step in pipeline}


def find_test_pipeline(config: Config) -> Sequence[dict]:
    """Return the steps of the test pipeline; none if there is no pipeline.

    A config that only trains has no test loader, and a data set that joins
    others may leave the pipelines to them, as ConcatDataset does.
    """
    loader = config.get('test_dataloader') or {}
    return loader.get('dataset', {}).get('pipeline', ())
