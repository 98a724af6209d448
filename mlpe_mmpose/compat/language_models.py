"""Leave out MMPretrain's language models where they cannot be imported.

MMPretrain 1.2 imports them with every backbone where transformers is
installed. They read names from ``transformers.modeling_utils`` that the later
releases of transformers 4 and all of transformers 5 lack, and then no backbone
of MMPretrain can be built: "TypeError: NoneType takes no arguments".
"""

import importlib.util
from pathlib import Path

# one of the names, all of which went together
NAME = 'apply_chunking_to_forward'


def install() -> None:
    """Leave the language models out where transformers lacks their names.

    Nothing is done where MMPretrain or transformers is not installed.
    """
    spec = importlib.util.find_spec('transformers')
    # an import would take seconds, so the source is read
    source = spec and spec.origin and Path(spec.origin, '../modeling_utils.py')
    if not source or NAME in source.resolve().read_text(encoding='utf-8'):
        return
    try:
        from mmpretrain.utils import dependency
    except ImportError:
        return
    dependency.WITH_MULTIMODAL = False
