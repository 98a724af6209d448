"""Find parts of a config, such as the steps of a pipeline, by name."""

from collections.abc import Mapping, Sequence


def name_type(part: Mapping) -> str:
    """Return the name of the class that a part of a config is built from.

    In a config of MMEngine's newer style, a type is the class itself, and in
    the file to which a training writes such a config, its dotted path.
    """
    kind = part.get('type', '')
    return str(getattr(kind, '__name__', kind)).rpartition('.')[2]


def name_steps(pipeline: Sequence[dict]) -> dict[str, dict]:
    """Return the steps of a pipeline, in order, by the names of classes."""
    return {name_type(step): step for step in pipeline}
