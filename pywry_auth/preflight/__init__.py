"""What can be found out to be wrong before a person sees a sign-in window."""

from pywry_auth.lazy import lazy_names


__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "Depth": "pywry_auth.preflight.values",
        "Finding": "pywry_auth.preflight.values",
        "Outcome": "pywry_auth.preflight.values",
        "Redirect": "pywry_auth.preflight.values",
        "Report": "pywry_auth.preflight.values",
        "apreflight": "pywry_auth.preflight.run",
        "preflight": "pywry_auth.preflight.run",
    },
)
