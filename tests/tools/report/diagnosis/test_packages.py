"""The diagnosis needs an optional package only when it starts."""

import importlib
import sys

import pytest
from spoiled import INFO

from mlpe_mmpose.optional import MissingPackageError

MODULE = 'mlpe_mmpose.tools.report.diagnosis.diagnose'


def test_without_faster_coco_eval_only_the_call_fails(monkeypatch):
    for name in (MODULE, 'mlpe_mmpose.evaluation.metrics.cpp_evaluation'):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setitem(sys.modules, 'faster_coco_eval', None)
    module = importlib.import_module(MODULE)
    # the files do not exist, and are not read before the check
    with pytest.raises(MissingPackageError, match='pip install'):
        module.diagnose('none.json', 'none.json', INFO)
