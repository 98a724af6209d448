"""A parameter of tests that compute in float16 on the CPU."""

import pytest
import torch
from mmengine.utils import digit_version

# releases between 2.1 and 2.6 were not tried
FLOAT16 = pytest.param(
    torch.float16,
    marks=pytest.mark.skipif(
        digit_version(torch.__version__) < digit_version('2.6.0'),
        reason='PyTorch 2.1 has no float16 on a CPU',
    ),
)
