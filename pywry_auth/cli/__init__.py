"""The command line, ``pywry-auth``."""

import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """
    Run one command.

    Returns:
        0 done, 1 failed, 2 wrong usage, 3 a person must sign in, 4 cancelled or timed out. Where
        ``exec`` has run a command, it does not return, or gives that command's own.
    """
    try:
        from pywry_auth.cli.dispatch import run

        return run(sys.argv[1:] if argv is None else list(argv))
    except KeyboardInterrupt:
        return 4  # so early that there is nobody to say so
