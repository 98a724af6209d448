"""Find the steps of a pipeline by name."""

from collections.abc import Sequence


def name_steps(pipeline: Sequence[dict]) -> dict[str, dict]:
    """Return the steps of a pipeline, in its order, by the names of classes.

    In a config of MMEngine's newer style, a type is the class itself.
    """
    return {getattr(s['type'], '__name__', s['type']): s for s in pipeline}
