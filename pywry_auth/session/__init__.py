"""One user's tokens, from sign-in to sign-out."""

from pywry_auth.lazy import lazy_names


__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "SessionEvent": "pywry_auth.session.events",
        "SessionEventName": "pywry_auth.session.events",
        "SessionManager": "pywry_auth.session.manager",
        "SessionStore": "pywry_auth.session.web",
        "WebSession": "pywry_auth.session.web",
    },
)
