"""Runs `mim train` and `mim test` from Python."""

import contextlib
import fcntl
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

TRACEBACK = 'Traceback (most recent call last):\n'
KIB_PER_MIB = 1024
# what ends a program from outside: Ctrl-C, `kill PID`, a terminal that is
# closed, and Ctrl-\
STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
# the commands that run now, each the leader of a group of processes
_running: set[subprocess.Popen] = set()


def run_mim(
    verb: str,
    config: Path,
    args: Sequence[str],
    log: Path,
    say: Callable[[str], None],
    condense: Callable[[str], str | None] = lambda line: None,
) -> float | None:
    """Run a ``mim`` command, write its output to a file, show its progress.

    If this function ends by an exception, as that of Ctrl-C, the command and
    all its processes are killed.

    Args:
        verb (str): ``'train'`` or ``'test'``
        config (Path): The config's file
        args (Sequence[str]): More arguments
        log (Path): File for all output; its folder is made
        say (callable): Takes the path of the log, and each line of progress
        condense (callable): Takes a line of output and returns a line of
            progress, or ``None``. Defaults to no lines of progress

    Returns:
        float | None: Peak memory in MiB of the command's largest process;
        ``None`` if this process once had more, below which Linux does not
        tell.

    Raises:
        RuntimeError: If the command fails; the message ends with the end of
            its output. Also if an earlier command for the same folder of the
            log still runs, as after ``kill -9`` of the program.
    """
    at_work = (
        f'an earlier training or test is still at work in {log.parent}. Wait '
        f'for its end, or stop the processes that `pgrep -f {config}` finds.'
    )
    with lock_folder(log.parent, at_work) as lock:
        say(f'full output: {log}')
        command = [sys.executable, '-m', 'mim', verb, 'mmpose', str(config)]
        return _run([*command, *args], log, say, condense, lock)


def _run(
    command: Sequence[str],
    log: Path,
    say: Callable[[str], None],
    condense: Callable[[str], str | None],
    lock: int,
) -> float | None:
    """Run a command that holds a lock, and return its peak memory in MiB."""
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors='replace',
        # the group of mim, of the script that mim starts, and of its workers.
        # Signals of the terminal do not reach it
        start_new_session=True,
        # the lock lasts as long as the command, even if this process is killed
        pass_fds=(lock,),
    )
    _running.add(process)
    try:
        with log.open('w') as file, process.stdout:
            for line in process.stdout:
                file.write(line)
                if news := condense(line):
                    say(news)
    except BaseException:
        _signal_group(process, signal.SIGKILL)
        raise
    finally:
        _running.discard(process)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(
            f'`mim {command[3]}` failed with status {process.returncode}. '
            f'The end of {log}:\n{_find_cause(log.read_text())}'
        )
    # Linux begins to count at the peak of the process that starts another
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return usage.ru_maxrss / KIB_PER_MIB if usage.ru_maxrss > own else None


@contextlib.contextmanager
def lock_folder(folder: Path, at_work: str) -> Iterator[int]:
    """Lock a folder, so that no two processes write the same files.

    Args:
        folder (Path): The folder; it is made
        at_work (str): What to say if another process holds the lock

    Yields:
        int: The file descriptor that holds the lock. The lock ends when all
        processes that have the descriptor have closed it, or have ended.

    Raises:
        RuntimeError: If another process holds the lock.
    """
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise RuntimeError(at_work) from error
        yield descriptor
    finally:
        os.close(descriptor)


def signal_running(number: int) -> None:
    """Signal all commands that :func:`run_mim` runs, in whatever thread.

    If SIGKILL ends them, ``run_mim`` raises its error. Checkpoints are
    complete or absent, so a training continues from the last one.
    """
    for process in tuple(_running):
        _signal_group(process, number)


def _signal_group(process: subprocess.Popen, number: int) -> None:
    """Signal a command and all its processes."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)


@contextlib.contextmanager
def stopped_by_signals() -> Iterator[None]:
    """Let the signals that end a program raise what Ctrl-C raises, once.

    Ctrl-Z pauses the commands too, until the program continues.

    Without this, the program would end at once, and leave its commands
    running. So would a second Ctrl-C during the clean-up, or the second signal
    of ``timeout``, which signals both its command and the command's group. A
    signal that is ignored, as by ``nohup``, stays ignored.
    """
    ignored = signal.SIG_IGN
    found = {n: signal.getsignal(n) for n in (*STOPS, signal.SIGTSTP)}
    handlers = {n: h for n, h in found.items() if h is not ignored}

    def stop(*_: object) -> None:
        for number in handlers:
            signal.signal(number, ignored)
        raise KeyboardInterrupt

    def pause(*_: object) -> None:
        signal_running(signal.SIGSTOP)
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        signal.raise_signal(signal.SIGTSTP)  # it returns after `fg`
        signal.signal(signal.SIGTSTP, pause)
        signal_running(signal.SIGCONT)

    for number in handlers:
        signal.signal(number, pause if number == signal.SIGTSTP else stop)
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def _find_cause(output: str) -> str:
    """Return the last lines of an output that say why the command failed."""
    lines = output.splitlines(True)
    if lines and lines[-1].startswith('subprocess.CalledProcessError'):
        # leave out mim's own traceback, which follows that of the tool
        starts = [i for i, line in enumerate(lines) if line == TRACEBACK]
        lines = lines[: starts[-1]]
    return ''.join(lines[-20:])
