"""``python -m pywry_auth`` is the command line."""

import sys

from pywry_auth.cli import main


if __name__ == "__main__":
    sys.exit(main())
