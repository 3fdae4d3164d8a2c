"""What a provider says about itself, judged by what a sign-in needs."""

import json
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from pywry_auth.json_value import is_array, is_object
from pywry_auth.preflight.registration import Flaw
from pywry_auth.preflight.values import Outcome
from pywry_auth.protocol.wire import WireReply


REDIRECTS = range(300, 400)
NETWORK_LOGIN = 511  # RFC 6585 section 6


def flaws_in(
    document: Mapping[str, object], *, authorize_url: str, token_url: str
) -> Iterator[Flaw]:
    """
    Give what is wrong with a metadata document (OIDC Discovery section 3, RFC 8414 section 2).

    Args:
        document: as it came; its issuer has been compared already.
        authorize_url: the endpoint in use, perhaps set by hand; "" for none.
        token_url: likewise.
    """
    for name, url in (("authorization_endpoint", authorize_url), ("token_endpoint", token_url)):
        if not url:
            yield Flaw(Outcome.FAILED, f"the metadata has no {name}: set it in the settings")
    methods = _words(document, "code_challenge_methods_supported")
    if methods is not None and "S256" not in methods:
        yield Flaw(Outcome.FAILED, "the provider has no PKCE with S256: sign-in would not be safe")
    kinds = _words(document, "response_types_supported")
    if kinds is not None and "code" not in kinds:
        yield Flaw(Outcome.FAILED, "the provider does not give codes (response_types_supported)")
    grants = _words(document, "grant_types_supported")
    if grants is not None and "authorization_code" not in grants:
        yield Flaw(Outcome.FAILED, "the provider takes no codes (grant_types_supported)")
    elif grants is not None and "refresh_token" not in grants:
        yield Flaw(
            Outcome.WARNING,
            "the provider gives no refresh tokens: people sign in again when a token ends",
        )


def document_in(reply: WireReply) -> Mapping[str, object] | None:
    """Give the JSON object that *reply* holds; None for anything else."""
    try:
        value: object = json.loads(reply.body)
    except (ValueError, RecursionError):
        return None
    return value if is_object(value) else None


def looks_like_portal(reply: WireReply, url: str) -> bool:
    """
    Say whether a network that wants a sign-in of its own answered in place of the provider.

    It leads to another host, or shows a page where a document was asked for.
    """
    if reply.status == NETWORK_LOGIN:
        return True
    if reply.status in REDIRECTS:
        host = urlsplit(_header(reply, "location")).hostname
        return host is not None and host != urlsplit(url).hostname
    is_page = "html" in _header(reply, "content-type").lower()
    return reply.status == 200 and is_page and document_in(reply) is None  # noqa: PLR2004


def _header(reply: WireReply, name: str) -> str:
    return next((value for key, value in reply.headers.items() if key.lower() == name), "")


def _words(document: Mapping[str, object], name: str) -> frozenset[str] | None:
    value = document.get(name)
    if not is_array(value):
        return None
    return frozenset(one for one in value if isinstance(one, str))
