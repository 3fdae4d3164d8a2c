"""Tokens for programs: grants without a window, with a manager that keeps their tokens fresh."""

from pywry_auth.lazy import lazy_names


_SLOTS = "pywry_auth.token_store.slot"

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "DEFAULT_CLIENT_ID": "pywry_auth.grants.grant",
        "TokenEvent": "pywry_auth.grants.events",
        "TokenEventName": "pywry_auth.grants.events",
        "TokenGrant": "pywry_auth.grants.grant",
        "TokenSlot": _SLOTS,
    },
)
