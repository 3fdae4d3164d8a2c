"""A session's tokens, put on the requests of other HTTP libraries."""

from pywry_auth.lazy import lazy_names


__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "HttpxAuth": "pywry_auth.http_auth.httpx_auth",
        "RequestsAuth": "pywry_auth.http_auth.requests_auth",
    },
)
