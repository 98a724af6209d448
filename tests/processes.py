"""Runs a function in several processes that can talk to each other."""

import multiprocessing
import os
import socket
from collections.abc import Callable
from pathlib import Path

import torch


def free_port() -> int:
    """Return a port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def run_in_processes(
    function: Callable[..., object], folder: Path, number: int, *args: object
) -> list:
    """Call a function in new processes, with the variables of torchrun.

    A forked process could compute no gradients if this one has, so each
    process starts anew.

    Args:
        function (callable): Function of a module; takes ``args``
        folder (Path): For the results
        number (int): Number of processes

    Returns:
        list: What the function has returned in each process.
    """
    context = multiprocessing.get_context('spawn')
    names = dict(
        WORLD_SIZE=number, MASTER_ADDR='127.0.0.1', MASTER_PORT=free_port()
    )
    files = [folder / f'{rank}_of_{number}.pt' for rank in range(number)]
    processes = [
        context.Process(
            target=_call,
            args=(dict(names, RANK=rank, LOCAL_RANK=rank), file),
            kwargs=dict(function=function, args=args),
            # otherwise Python would wait for it at its own end
            daemon=True,
        )
        for rank, file in enumerate(files)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(400)
        process.kill()
    assert [process.exitcode for process in processes] == [0] * number
    return [torch.load(file, weights_only=False) for file in files]


def _call(names: dict, file: Path, function: Callable, args: tuple) -> None:
    """Set variables of the environment, call, and save what is returned."""
    os.environ.update({key: str(value) for key, value in names.items()})
    torch.set_num_threads(1)
    torch.save(function(*args), file)
