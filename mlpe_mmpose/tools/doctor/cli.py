"""The command line of ``doctor``."""

import argparse

from mlpe_mmpose.compat import stack

from .checkup import Finding, checkup

HELP = 'check the installed stack, and say how to mend it'

OPTIONAL = [part.name for part in stack.OPTIONAL]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb takes no arguments."""


def run(args: argparse.Namespace) -> int:
    """Print one line for each part, and the command that mends a fault.

    Returns:
        int: 0 if training would start, else 1.
    """
    findings: list[Finding] = []
    for finding in checkup():
        if finding.name == OPTIONAL[0]:
            print('\nOptional packages, which training does not need:')
        _show(finding, findings)
        findings.append(finding)
    faults = [f.name for f in findings if f.needed and not f.fine]
    if faults:
        print(f'\nTraining would not start: {", ".join(faults)}.')
        return 1
    print('\nTraining would start.')
    return 0


def _show(finding: Finding, earlier: list[Finding]) -> None:
    """Print a finding; a command that was printed before is not repeated."""
    mark = 'ok' if finding.fine else 'FAULT' if finding.needed else '-'
    version = finding.version or 'none'
    note, command = finding.note, finding.command
    for other in earlier:
        if command and other.command == command:
            if finding.name in OPTIONAL:
                note += f' The command of {other.name} adds it, too.'
            else:
                note = f'the fault of {other.name}'
            command = ''
    line = f'{finding.name:<16} {version:<12} {mark:<6} {note}'
    print(line.rstrip(), flush=True)
    if command:
        verb = 'mend' if finding.version or finding.needed else 'add'
        print(f'{"":<16} {verb} it with: {command}', flush=True)
