"""Signatures of compact JWS, checked with one key at a time."""

from copy import copy

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry


MAX_HEADER = 16 * 1024  # bytes; some providers put their whole certificate chain into it


class _Registry(JWSRegistry):
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
        return jws.deserialize_compact(token, key, registry=_Registry(alg)).payload
    except (JoseError, ValueError):
        return None
