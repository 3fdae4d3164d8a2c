"""The words on the bar, the same for every toolkit."""

from typing import assert_never

from pywry_auth.window.engine.conductor import BarWords, Sign


# An ampersand marks the letter that works with Alt.
BACK = "Back"
BROWSER = "Open in my &browser"
CANCEL = "&Cancel"
TRY_AGAIN = "&Try again"


def origin_line(words: BarWords) -> str:
    """Say where the page comes from, or that it is on its way."""
    if words.sign is Sign.WAITING:
        return f"Connecting to {words.address.host or 'the sign-in page'}…"
    return words.address.origin


def explain(sign: Sign) -> str:
    """Say what the sign beside the address means."""
    match sign:
        case Sign.ENCRYPTED:
            return "The connection is encrypted"
        case Sign.THIS_COMPUTER:
            return "This page comes from this computer"
        case Sign.WARNING:
            return "The page is not shown"
        case Sign.WAITING:
            return "No page is shown yet"
        case _:
            assert_never(sign)
