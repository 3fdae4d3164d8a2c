"""The code of a sign-in on another device, as a person at a terminal sees it."""

from collections.abc import Sequence

from pywry_auth.cli.output import Screen
from pywry_auth.protocol.device import DevicePrompt
from pywry_auth.ui.big_letters import big_letters
from pywry_auth.ui.qr import half_blocks


INDENT = "    "
WORDS = 11  # lines of text that must stay on the screen together with a picture above them
LARGE_LETTERS = 5  # lines more


def picture(prompt: DevicePrompt, screen: Screen) -> list[str]:
    """Give the QR code as rows of half blocks; no row where it could not be scanned."""
    if not (screen.has_blocks and screen.has_colour):
        return []
    rows = half_blocks(prompt.scanned_uri)
    too_wide = len(rows[0]) + len(INDENT) > screen.columns
    return [] if too_wide or len(rows) + WORDS > screen.lines else rows


def words(prompt: DevicePrompt, screen: Screen, *, name: str, above: int, left: float) -> str:
    """
    Say what to do.

    Args:
        prompt: the code, and where it goes.
        screen: how large the code can be written.
        name: the provider's, as the person calls it.
        above: lines of the QR code above; 0 where there is none.
        left: seconds of life of the code.
    """
    return "\n".join(
        [
            f"To sign in at {name}, {_opening(above)}:",
            "",
            f"{INDENT}{prompt.verification_uri}",
            "",
            f"{_deed(prompt, above)}:",
            "",
            *((INDENT + line).rstrip() for line in _code(prompt.user_code, screen, above)),
            "",
            f"Go on only if the page is one of {prompt.host}. The code ends in {_span(left)}.",
        ]
    )


def _opening(above: int) -> str:
    scanning = "scan the code above, or " if above else ""
    return f"{scanning}open this address on any device"


def _deed(prompt: DevicePrompt, above: int) -> str:
    if above and prompt.verification_uri_complete:
        # RFC 8628 section 3.3.1: whoever scans is asked to compare, whoever types need not.
        return "Enter this code there; if you scanned, see that the page shows the same"
    return "Enter this code there"


def _code(code: str, screen: Screen, above: int) -> Sequence[str]:
    has_room = screen.has_blocks and above + WORDS + LARGE_LETTERS <= screen.lines
    large = big_letters(code) if has_room else []
    fits = large and max(map(len, large)) + len(INDENT) <= screen.columns
    spelled = "" if " " in code else f"   ({' '.join(code)})"
    small = code if fits else f"{code}{spelled}"
    return [*large, "", small] if fits else [small]


def _span(seconds: float) -> str:
    minutes = round(seconds / 60)
    if seconds < 100:  # noqa: PLR2004 (seconds that nobody reckons in minutes)
        return f"{round(seconds)} seconds"
    return "1 minute" if minutes == 1 else f"{minutes} minutes"
