"""Keep OpenVINO and NNCF from reporting their use."""

import sys


def block_telemetry() -> None:
    """Hide the package with which OpenVINO and NNCF report each use to Intel.

    Both report without asking, and work without the package. Python takes a
    module that is ``None`` for one that is not installed.
    """
    sys.modules.setdefault('openvino_telemetry', None)
