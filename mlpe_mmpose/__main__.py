"""``python -m mlpe_mmpose VERB ...``."""

import sys

from .tools import main

if __name__ == '__main__':
    sys.exit(main())
