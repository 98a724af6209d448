"""Describes the machine that a figure was measured on."""

import os
import platform

import mmpose
import numpy
import torch


def describe_machine(device: str) -> str:
    """Return processor, GPU and versions as one line of text."""
    parts = [_processor(), f'{os.cpu_count()} cores']
    if device == 'cuda':
        parts.append(torch.cuda.get_device_name())
    parts.append(f'{torch.get_num_threads()} torch threads')
    parts.append(f'Python {platform.python_version()}')
    for module in (torch, numpy, mmpose):
        parts.append(f'{module.__name__} {module.__version__}')
    return ', '.join(parts)


def _processor() -> str:
    """Return the name of the processor."""
    try:
        with open('/proc/cpuinfo') as file:
            names = [line for line in file if line.startswith('model name')]
        return names[0].partition(':')[2].strip()
    except (OSError, IndexError):
        return platform.processor() or platform.machine()
