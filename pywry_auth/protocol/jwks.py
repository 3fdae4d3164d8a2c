"""A provider's signing keys: which of them may have signed."""

from base64 import urlsafe_b64decode
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pywry_auth.errors import TokenError
from pywry_auth.protocol.wire import WireReply


Key = RSAKey | ECKey | OKPKey

MAX_KEYS = 100  # real sets hold below ten; more is an attempt to keep us busy
MIN_RSA = 2048  # bits, which RFC 7518 section 3.3 demands; shorter keys have been factored
#: signature algorithm -> key type and, where it is bound to one, curve (RFC 7518, 8037, 9864)
SUITS: dict[str, tuple[str, str | None]] = {
    "RS256": ("RSA", None),
    "RS384": ("RSA", None),
    "RS512": ("RSA", None),
    "PS256": ("RSA", None),
    "PS384": ("RSA", None),
    "PS512": ("RSA", None),
    "ES256": ("EC", "P-256"),
    "ES384": ("EC", "P-384"),
    "ES512": ("EC", "P-521"),
    "EdDSA": ("OKP", "Ed25519"),
    "Ed25519": ("OKP", "Ed25519"),
}


_IMPORTERS: dict[str, Callable[[dict[str, str | list[str]]], Key]] = {
    "RSA": RSAKey.import_key,
    "EC": ECKey.import_key,
    "OKP": OKPKey.import_key,
}


class _Jwk(BaseModel):
    model_config = ConfigDict(extra="allow", hide_input_in_errors=True)

    kty: str
    kid: str | None = None
    use: str | None = None
    alg: str | None = None
    crv: str | None = None
    key_ops: tuple[str, ...] | None = None


class _JwkSet(BaseModel):
    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    keys: list[dict[str, object]] = Field(max_length=MAX_KEYS)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One public key with what it may be used for."""

    key: Key
    kty: str
    kid: str | None
    alg: str | None
    crv: str | None

    def suits(self, alg: str) -> bool:
        """Say whether a signature of *alg* can be this key's."""
        kty, crv = SUITS[alg]
        if self.alg is not None and self.alg != alg:
            return False
        return self.kty == kty and (crv is None or self.crv == crv)


@dataclass(frozen=True, slots=True)
class Jwks:
    """The signing keys of one provider; keys for other uses are left out."""

    keys: tuple[SigningKey, ...]

    def candidates(self, *, alg: str, kid: str | None) -> Sequence[SigningKey]:
        """
        Give the keys that may have signed, none when the set must be read again.

        A token that names a key is checked with keys of that name, unless the set has no names.
        """
        fitting = [key for key in self.keys if key.suits(alg)]
        if kid is None or all(key.kid is None for key in self.keys):
            return fitting
        return [key for key in fitting if key.kid == kid]


def read_jwks(reply: WireReply) -> Jwks:
    """
    Read a key set (RFC 7517 section 5); keys nobody here can use are skipped, not fatal.

    Raises:
        TokenError: the answer is no key set.
    """
    try:
        found = _JwkSet.model_validate_json(reply.body)
    except ValidationError:
        raise TokenError("the provider's signing keys cannot be read") from None
    return Jwks(tuple(key for member in found.keys if (key := _signing_key(member)) is not None))


def _signing_key(member: dict[str, object]) -> SigningKey | None:
    try:
        jwk = _Jwk.model_validate(member)
        if jwk.kty == "oct" or jwk.use not in {None, "sig"}:
            return None  # a published secret is no secret; an encryption key signs nothing
        if jwk.key_ops is not None and "verify" not in jwk.key_ops:
            return None
        public: dict[str, str | list[str]] = {
            name: value for name, value in member.items() if isinstance(value, str)
        }
        if jwk.kty == "RSA" and _bits_of(public["n"]) < MIN_RSA:
            return None
        key = _IMPORTERS[jwk.kty](public)
    except (ValidationError, JoseError, ValueError, KeyError, TypeError):
        return None
    return SigningKey(key, jwk.kty, jwk.kid, jwk.alg, jwk.crv)


def _bits_of(number: str | list[str]) -> int:
    """Strictly private: give the size of a number that is base64url as in RFC 7518 section 2."""
    text = number if isinstance(number, str) else ""
    return int.from_bytes(urlsafe_b64decode(text + "=" * (-len(text) % 4))).bit_length()
