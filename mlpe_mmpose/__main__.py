"""``python -m mlpe_mmpose VERB ...``."""

import sys

from .cli import main

if __name__ == '__main__':
    sys.exit(main())
