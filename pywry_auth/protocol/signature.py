"""Signatures of compact JWS, checked with one key at a time."""

from collections.abc import Mapping
from copy import copy

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from pywry_auth.errors import ConfigError


MAX_HEADER = 16 * 1024  # bytes; some providers put their whole certificate chain into it


_SIGNERS = {"RS": RSAKey, "PS": RSAKey, "ES": ECKey, "Ed": OKPKey}


class OneAlgorithm(JWSRegistry):
    """Allows one algorithm; ignores unknown header members, as RFC 7515 section 4 demands."""

    max_header_length = MAX_HEADER

    def __init__(self, alg: str) -> None:
        super().__init__(algorithms=[alg], strict_check_header=False)
        model = copy(JWSRegistry.algorithms[alg])
        # "EdDSA" is deprecated (RFC 9864), yet it is what providers send; a warning would reach
        # people who can do nothing about it. Which algorithms are accepted is decided elsewhere.
        model.security_warning = None
        self.algorithms = {alg: model}


def signed_payload(token: str, key: RSAKey | ECKey | OKPKey | OctKey, alg: str) -> bytes | None:
    """Give what *token* says if *key* signed it with *alg*; None if not."""
    try:
        return jws.deserialize_compact(token, key, registry=OneAlgorithm(alg)).payload
    except (JoseError, ValueError, TypeError):  # the last one for header members of odd types
        return None


def hmac_key(secret: str) -> OctKey | None:
    """Give *secret* as a key; None for a published key, which is no secret."""
    if "-----BEGIN " in secret:
        return None
    raw = secret.encode()
    return OctKey(raw, raw)  # how long it is was decided at registration: no word about it here


def sign_claims(
    claims: Mapping[str, object], *, key: str | Mapping[str, str], alg: str, kid: str | None
) -> str:
    """
    Give *claims* as a compact JWS (RFC 7515 section 3.1).

    Args:
        claims: what is said.
        key: private key as PEM text, or as a JWK.
        alg: how it signs.
        kid: its name in the header, if it has one.

    Raises:
        ConfigError: the key cannot be read, or cannot sign in that way.
    """
    header = {"alg": alg, "typ": "JWT"} | ({"kid": kid} if kid else {})
    try:
        private = _SIGNERS[alg[:2]].import_key(key if isinstance(key, str) else dict(key))
        return jwt.encode(header, dict(claims), private, registry=OneAlgorithm(alg))
    except (JoseError, ValueError, KeyError):
        raise ConfigError(
            f"the client's key cannot make {alg or 'unnamed'} signatures",
            hint="give the private key, with the algorithm registered for it",
        ) from None
