"""What is wrong with predictions, and what mending it would give."""

from mlpe_mmpose.optional import require

# here and not at its use, to say it before a test of an hour
require('faster_coco_eval', 'The diagnosis of predictions')

from .diagnose import diagnose  # noqa: E402
from .findings import (  # noqa: E402
    Diagnosis,
    ErrorKind,
    KeypointError,
    Slice,
    WorstPerson,
)
from .truth import read_truth  # noqa: E402

__all__ = [
    'Diagnosis',
    'ErrorKind',
    'KeypointError',
    'Slice',
    'WorstPerson',
    'diagnose',
    'read_truth',
]
