"""What was sent in confidence, taken out of what a server says."""

import json
import re
from base64 import b64decode
from collections.abc import Mapping
from contextlib import suppress
from html import escape
from urllib.parse import quote, quote_plus, unquote_plus

from pywry_auth.errors import TokenError
from pywry_auth.protocol.client_auth import ClientProof
from pywry_auth.protocol.wire import printable


#: form fields that say nothing secret; all others are taken out
_PUBLIC = frozenset(
    {
        "grant_type",
        "client_id",
        "scope",
        "audience",
        "resource",
        "client_assertion_type",
        "subject_token_type",
        "actor_token_type",
        "requested_token_type",
        "username",
    }
)

_REMOVED = "[removed]"
_TELLING = 4  # characters; the beginning of a secret that is shorter says nothing of it


class KnownSecrets:
    """
    Takes the secrets of one request out of what a server says about it.

    Args:
        fields: the form fields; those that are no secret stay.
        proof: how the client proved itself.
    """

    def __init__(self, fields: Mapping[str, str], proof: ClientProof) -> None:
        sent = {**fields, **_secrets_of(proof)}
        found = [value for name, value in sent.items() if name not in _PUBLIC and value]
        written = {form for value in found for form in _spellings(value)}
        self._written = sorted(written, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """Give *text* without them, nor the beginning of one where it was cut short."""
        if not self._written:
            return text
        # All in one go, as the mark itself may hold a short one; in any case, as %3c is %3C.
        any_of_them = "|".join(re.escape(secret) for secret in self._written)
        text = re.sub(any_of_them, _REMOVED, text, flags=re.IGNORECASE)
        for secret in self._written:
            text = _without_end(text, secret)
        return text

    def out_of(self, error: TokenError) -> TokenError:
        """Give an error like *error* whose words hold none of them."""
        return TokenError(
            self(error.message),
            error=error.error and self(error.error),
            error_description=error.error_description and self(error.error_description),
            hint=error.hint,
        )


def _spellings(secret: str) -> tuple[str, ...]:
    # As it is, as it is told, in an address, in a form, on a page, in JSON.
    told, written = printable(secret, len(secret)), json.dumps(secret)[1:-1]
    forms = (secret, told, quote(secret), quote_plus(secret), escape(secret), written)
    return tuple(form for form in forms if form)


def _without_end(text: str, secret: str) -> str:
    for size in range(len(secret) - 1, _TELLING - 1, -1):
        if text.endswith(secret[:size]):
            return text[:-size] + _REMOVED
    return text


def _secrets_of(proof: ClientProof) -> dict[str, str]:
    headers = {name.lower(): value for name, value in proof.headers.items()}
    scheme, _, value = headers.get("authorization", "").partition(" ")
    found = {**proof.fields, "authorization": value}
    if scheme.lower() == "basic":
        with suppress(ValueError):  # a proof of the application's own, who knows how it is written
            pair = b64decode(value).decode("utf-8")
            found["client_secret"] = unquote_plus(pair.partition(":")[2])
    return found
