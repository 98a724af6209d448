"""Where a figure comes from."""

import os
import platform

import mmpose
import numpy
import torch


def machine(device: str) -> str:
    """The machine and the versions, for the line above a table."""
    parts = [_processor(), f'{os.cpu_count()} cores']
    if device == 'cuda':
        parts.append(torch.cuda.get_device_name())
    parts.append(f'{torch.get_num_threads()} torch threads')
    parts.append(f'Python {platform.python_version()}')
    for module in (torch, numpy, mmpose):
        parts.append(f'{module.__name__} {module.__version__}')
    return ', '.join(parts)


def _processor() -> str:
    """The processor's name, as the kernel gives it."""
    try:
        with open('/proc/cpuinfo') as file:
            names = [line for line in file if line.startswith('model name')]
        return names[0].partition(':')[2].strip()
    except (OSError, IndexError):
        return platform.processor() or platform.machine()
