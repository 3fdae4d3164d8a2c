"""The few HTML pages of the programmable provider."""

from collections.abc import Iterable
from html import escape


def form_post_page(redirect_uri: str, params: Iterable[tuple[str, str]]) -> str:
    """Give the page that posts *params* to the client by itself (OAuth 2.0 Form Post)."""
    fields = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in params
    )
    return (
        '<!doctype html><html lang="en"><head><title>Signing in</title></head>'
        '<body onload="document.forms[0].submit()">'
        f'<form method="post" action="{escape(redirect_uri)}">{fields}'
        '<noscript><button type="submit">Continue</button></noscript></form></body></html>'
    )


def refusal_page(reason: str) -> str:
    """Give the page for a request that must not be answered with a redirect."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Refused</title></head>'
        f"<body><h1>Refused</h1><p>{escape(reason)}</p></body></html>"
    )
