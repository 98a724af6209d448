"""Check that a device can be used, before anything else is done."""

import torch


def check_device(device: str) -> None:
    """Reject a device that PyTorch does not have here.

    Raises:
        ValueError: If no tensor can be made on the device.
    """
    try:
        torch.empty(0, device=device)
    # a PyTorch without CUDA raises AssertionError
    except (AssertionError, RuntimeError) as error:
        reason = str(error).partition('\n')[0].rstrip('.')
        raise ValueError(
            f'device {device!r} cannot be used here: {reason}. Take another '
            "device, such as 'cpu' (--device cpu)."
        ) from error
