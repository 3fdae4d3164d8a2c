"""What a frozen application calls first, so that it can be its own window process."""

import os
import sys

from pywry_auth.window.environment import CHILD_MARK


def freeze_support() -> None:
    """
    Show the sign-in window when this process was started for that, and end with it.

    Make it the first line of a frozen application's ``main``: such an application has no ``python
    -m``, so its windows are shown by second copies of itself. In every other process this does
    nothing.
    """
    if os.environ.get(CHILD_MARK) != "1":
        return
    from pywry_auth.window.child import main

    sys.exit(main())
