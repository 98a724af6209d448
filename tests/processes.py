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
    """Call a function in forked processes, with the variables of torchrun.

    Args:
        function (callable): Takes ``args``
        folder (Path): For the results
        number (int): Number of processes

    Returns:
        list: What the function has returned in each process.
    """
    port = free_port()
    context = multiprocessing.get_context('fork')
    files = [folder / f'{rank}_of_{number}.pt' for rank in range(number)]

    def call(rank: int) -> None:
        names = dict(RANK=rank, LOCAL_RANK=rank, WORLD_SIZE=number)
        names.update(MASTER_ADDR='127.0.0.1', MASTER_PORT=port)
        os.environ.update({key: str(value) for key, value in names.items()})
        torch.set_num_threads(1)
        torch.save(function(*args), files[rank])

    processes = [
        context.Process(target=call, args=(rank,)) for rank in range(number)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(400)
        process.kill()
    assert [process.exitcode for process in processes] == [0] * number
    return [torch.load(file, weights_only=False) for file in files]
