"""No test here runs where PyTorch cannot export."""

import pytest
from exported import skip_if_torch_is_too_old


@pytest.fixture(autouse=True)
def torch_exports() -> None:
    skip_if_torch_is_too_old()
