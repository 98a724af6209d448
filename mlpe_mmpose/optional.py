"""Import packages that a plain installation does not have."""

import importlib
from types import ModuleType

from mlpe_mmpose.compat.diagnosis import Diagnosis, explain

from .compat import stack
from .compat.telemetry import block_telemetry


class MissingPackageError(ImportError):
    """A package that a feature needs is not installed, or does not load."""


def require(module: str, user: str) -> ModuleType:
    """Import a package that only some features need.

    Args:
        module (str): Name of the module, as ``'onnxruntime'``; one of
            ``stack.PART_OF_MODULE``
        user (str): The feature that needs the module, for the message:
            ``'OnnxPose'``

    Returns:
        ModuleType: The module.

    Raises:
        MissingPackageError: If the import fails; the message has the command
            that installs the package.
    """
    block_telemetry()
    try:
        return importlib.import_module(module)
    except ImportError as error:
        part = stack.PART_OF_MODULE[module]
        problem = f'{part.name} does not load ({error}).'
        command = stack.install_command(part)
        diagnosis = explain(error) or Diagnosis(problem, command)
        raise MissingPackageError(
            f'{user} does not work: {diagnosis}'
        ) from error
