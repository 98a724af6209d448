"""An object that acts when a checkpoint with it is loaded unsafely."""

import os
from pathlib import Path


class Hostile:
    """Makes a folder when it is unpickled."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple:
        return os.mkdir, (str(self.folder),)


# how the refusal of such a checkpoint ends
SENTENCE = 'wants posix.mkdir to be called or built, and so could run code'
