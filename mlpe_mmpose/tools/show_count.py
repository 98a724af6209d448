"""Shows how many images are done."""

import sys


def show_count(done: int, total: int) -> None:
    """Write to stderr how many of ``total`` images are done.

    On a terminal one line changes with every image; a file gets ten lines.
    """
    terminal = sys.stderr.isatty()
    if terminal or done * 10 // total > (done - 1) * 10 // total:
        end = '\r' if terminal and done < total else '\n'
        print(f'{done}/{total} images', end=end, file=sys.stderr, flush=True)
