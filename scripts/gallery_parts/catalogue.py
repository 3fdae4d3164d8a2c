"""Every part of the gallery by its name, in the order of the page."""

from collections.abc import Callable

import in_chromium
import in_terminal
import in_windows
from album import Album


PARTS: dict[str, Callable[[Album], None]] = {
    **in_chromium.PARTS,
    **in_windows.PARTS,
    **in_terminal.PARTS,
}
