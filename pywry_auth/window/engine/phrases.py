"""The words on the bar, the same for every toolkit."""

from pywry_auth.window.engine.address import Address


# An ampersand marks the letter that works with Alt.
BACK = "Back"
BROWSER = "Open in my &browser"
CANCEL = "&Cancel"
TRY_AGAIN = "&Try again"


def connecting_to(address: Address) -> str:
    """Say that the page of *address* is on its way."""
    return f"Connecting to {address.host or 'the sign-in page'}…"


def explain(address: Address) -> str:
    """Say what the sign beside the address means."""
    if address.encrypted:
        return "The connection is encrypted"
    if address.on_this_computer:
        return "This page comes from this computer"
    return "No page is shown yet"
