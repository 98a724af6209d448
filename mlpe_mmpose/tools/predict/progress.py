"""Shows how far a prediction is."""

import os
import sys
import time

from mlpe_mmpose.tools.escape import escape

from .predict_files import Summary

# seconds between two lines; a file gets fewer lines than a terminal
ON_TERMINAL, IN_FILE = 0.2, 10.0
WIDTH = 24
# of a terminal that does not tell its own
DEFAULT_COLUMNS = 80


class Progress:
    """Write a bar with images and people a second, and name broken files."""

    def __init__(self) -> None:
        self.stream = sys.stderr
        self.terminal = self.stream.isatty()
        self._named = 0
        self._shown = 0.0

    def __call__(self, summary: Summary) -> None:
        """Show the state if the last time is long enough ago."""
        self.name_unreadable(summary)
        now = time.monotonic()
        if now - self._shown < (ON_TERMINAL if self.terminal else IN_FILE):
            return
        self._shown = now
        text = format_progress(summary)
        if self.terminal:
            # a longer line would wrap, and the next one begin below
            size = os.get_terminal_size(self.stream.fileno())
            columns = size.columns or DEFAULT_COLUMNS
            text = f'\r{text[: columns - 1]}\x1b[K'
        else:
            text += '\n'
        self.stream.write(text)
        self.stream.flush()

    def name_unreadable(self, summary: Summary) -> None:
        """Name the files that could not be read since the last call."""
        for item in summary.unreadable[self._named :]:
            self._clear()
            line = f'cannot read {item.name}: {item.reason}'
            self.stream.write(f'{escape(line)}\n')
            self._named += 1

    def close(self, summary: Summary) -> None:
        """Name the last files, and leave the line free."""
        self.name_unreadable(summary)
        self._clear()
        self.stream.flush()

    def _clear(self) -> None:
        if self.terminal:
            self.stream.write('\r\x1b[K')


def format_progress(summary: Summary) -> str:
    """Return one line: a bar, counts, speeds, and the time left."""
    seconds = max(summary.seconds, 1e-9)
    speed = summary.images / seconds
    text = (
        f'{speed:.1f} images/s, {summary.people / seconds:.1f} people/s, '
        f'{summary.people} people'
    )
    done = summary.images + len(summary.unreadable)
    # a video may have more frames than its header says
    if summary.total is None or done > summary.total:
        return f'{summary.images} images, {text}'
    filled = WIDTH * done // summary.total
    bar = '#' * filled + '.' * (WIDTH - filled)
    left = (summary.total - done) / speed if speed else 0.0
    # a narrow terminal shows the first part only
    return f'[{bar}] {done}/{summary.total} images, {left:.0f} s left, {text}'
