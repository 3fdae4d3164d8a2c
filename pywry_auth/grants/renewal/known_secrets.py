"""What was sent in confidence, taken out of what a server says."""

from base64 import b64decode
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import unquote_plus

from pywry_auth.errors import TokenError
from pywry_auth.protocol.client_auth import ClientProof
from pywry_auth.protocol.told import Removing


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


#: words of RFC 6749, 8628, 8693, 8707 and OpenID Connect, that programs compare; as they are public
#: they betray nothing, whatever the password is
_REGISTERED = frozenset(
    {
        "access_denied",
        "authorization_pending",
        "expired_token",
        "invalid_client",
        "invalid_dpop_proof",
        "invalid_grant",
        "invalid_request",
        "invalid_scope",
        "invalid_target",
        "invalid_token",
        "server_error",
        "slow_down",
        "temporarily_unavailable",
        "unauthorized_client",
        "unsupported_grant_type",
        "unsupported_token_type",
        "use_dpop_nonce",
    }
)


class KnownSecrets:
    """
    Takes the secrets of one request out of what a server says about it.

    Args:
        fields: the form fields; those that are no secret stay.
        proof: how the client proved itself.
    """

    def __init__(self, fields: Mapping[str, str], proof: ClientProof) -> None:
        sent = {**fields, **_secrets_of(proof)}
        self._remove = Removing(value for name, value in sent.items() if name not in _PUBLIC)

    def __call__(self, text: str) -> str:
        """Give *text* without them, nor the beginning of one where it was cut short."""
        return self._remove(text)

    def word(self, error: str | None) -> str | None:
        """Give the server's ``error`` word; a registered one stays whatever was sent."""
        return error if not error or error in _REGISTERED else self(error)

    def out_of(self, error: TokenError) -> TokenError:
        """Give an error like *error* whose words hold none of them."""
        return TokenError(
            self(error.message),
            error=self.word(error.error),
            error_description=error.error_description and self(error.error_description),
            hint=error.hint,
        )


def _secrets_of(proof: ClientProof) -> dict[str, str]:
    headers = {name.lower(): value for name, value in proof.headers.items()}
    scheme, _, value = headers.get("authorization", "").partition(" ")
    found = {**proof.fields, "authorization": value}
    if scheme.lower() == "basic":
        with suppress(ValueError):  # a proof of the application's own, who knows how it is written
            pair = b64decode(value).decode("utf-8")
            found["client_secret"] = unquote_plus(pair.partition(":")[2])
    return found
