"""Processes that end where a test says: killed, or on a full disk."""

import multiprocessing
import os
import resource
import signal
from collections.abc import Callable
from pathlib import Path

from mmengine.hooks import Hook

_CONTEXT = multiprocessing.get_context('forkserver')
# A process forked from one that has computed gradients may compute none. The
# server computes nothing, and imports once what all its processes need.
_CONTEXT.set_forkserver_preload(['mlpe_mmpose', 'mmpose.apis'])


def start_process(
    function: Callable, *args: object, errors: Path | None = None
) -> multiprocessing.Process:
    """Call a function of a module in a process of its own.

    Args:
        errors (Path, optional): File for what the process writes to stderr
    """
    process = _CONTEXT.Process(
        target=_call,
        args=(function, args, errors),
        # otherwise Python would wait for it at its own end, after a failure
        daemon=True,
    )
    process.start()
    return process


def _call(function: Callable, args: tuple, errors: Path | None) -> None:
    if errors:
        os.dup2(os.open(errors, os.O_WRONLY | os.O_CREAT), 2)
    function(*args)


def exit_status(
    function: Callable, *args: object, errors: Path | None = None
) -> int:
    """Call a function in a process of its own, and return how that ended.

    Returns:
        int: 0 for a return, 1 for an error, -9 for SIGKILL
    """
    process = start_process(function, *args, errors=errors)
    process.join()
    return process.exitcode


class FileLimit(Hook):
    """From an epoch on, no file can grow beyond a number of bytes.

    Args:
        epoch (int): The first epoch counts as 1
        size (int): The number of bytes
        kill (bool): Whether the kernel kills the process at that byte.
            Otherwise the write fails, as on a full disk
    """

    priority = 'VERY_HIGH'

    def __init__(self, epoch: int, size: int, kill: bool) -> None:
        self.epoch, self.size, self.kill = epoch, size, kill

    def before_train_epoch(self, runner) -> None:
        if runner.epoch + 1 == self.epoch:
            action = signal.SIG_DFL if self.kill else signal.SIG_IGN
            signal.signal(signal.SIGXFSZ, action)
            _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
            resource.setrlimit(resource.RLIMIT_FSIZE, (self.size, hard))


class KillAround(Hook):
    """Kill the process before or after a call of a function of `os`.

    Args:
        name (str): Name of the function, as ``'replace'``
        path_part (str): The call is one with this text in its arguments
        before (bool): Whether the call does not happen any more
    """

    def __init__(self, name: str, path_part: str, before: bool) -> None:
        self.name, self.path_part, self.before = name, path_part, before

    def before_train(self, runner) -> None:
        original = getattr(os, self.name)

        def call(*args: object, **kwargs: object) -> object:
            hit = any(self.path_part in str(arg) for arg in args)
            if hit and self.before:
                os.kill(os.getpid(), signal.SIGKILL)
            result = original(*args, **kwargs)
            if hit:
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        setattr(os, self.name, call)
