"""What is wrong with predictions, and what mending it would give."""

from .diagnose import diagnose
from .findings import Diagnosis, ErrorKind, KeypointError, Slice, WorstPerson
from .truth import read_truth

__all__ = [
    'Diagnosis',
    'ErrorKind',
    'KeypointError',
    'Slice',
    'WorstPerson',
    'diagnose',
    'read_truth',
]
