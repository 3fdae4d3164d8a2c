"""A private key of our own, with the one way in which it signs."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from pywry_auth.errors import ConfigError
from pywry_auth.protocol.signature import OneAlgorithm


RSA_BITS = 2048  # what RFC 7518 section 3.3 asks for at least

_Key = ECKey | OKPKey | RSAKey
#: algorithm -> how a key for it is drawn (RFC 7518 section 3.1, RFC 8037, RFC 9864)
_DRAWN: dict[str, Callable[[], _Key]] = {
    "ES256": lambda: ECKey.generate_key("P-256"),
    "ES384": lambda: ECKey.generate_key("P-384"),
    "ES512": lambda: ECKey.generate_key("P-521"),
    "EdDSA": lambda: OKPKey.generate_key("Ed25519"),
    "Ed25519": lambda: OKPKey.generate_key("Ed25519"),
    "PS256": lambda: RSAKey.generate_key(RSA_BITS),
    "PS384": lambda: RSAKey.generate_key(RSA_BITS),
    "PS512": lambda: RSAKey.generate_key(RSA_BITS),
    "RS256": lambda: RSAKey.generate_key(RSA_BITS),
    "RS384": lambda: RSAKey.generate_key(RSA_BITS),
    "RS512": lambda: RSAKey.generate_key(RSA_BITS),
}
_IMPORTED: dict[str, Callable[[dict[str, str | list[str]]], _Key]] = {
    "EC": ECKey.import_key,
    "OKP": OKPKey.import_key,
    "RSA": RSAKey.import_key,
}
#: what of a key may be seen, and what is needed to take it up again (RFC 7518 section 6)
_PUBLIC = {"EC": ("kty", "crv", "x", "y"), "OKP": ("kty", "crv", "x"), "RSA": ("kty", "n", "e")}
_SECRET = {"EC": ("d",), "OKP": ("d",), "RSA": ("d", "p", "q", "dp", "dq", "qi")}


class PrivateKey:
    """
    Signs with one key in one way; never prints.

    Args:
        alg: the signature algorithm (RFC 7518 section 3.1).
        key: the key; it must have its private half.
    """

    def __init__(self, alg: str, key: _Key) -> None:
        self._alg = alg
        self._key = key
        kty = key.key_type
        members = key.as_dict(private=True)
        #: the JWK anybody may see; nothing but what makes it a key
        self.public: Mapping[str, str] = MappingProxyType(
            {name: str(members[name]) for name in _PUBLIC[kty]}
        )
        #: the whole JWK; a secret
        self.secret: Mapping[str, str] = MappingProxyType(
            {**self.public, **{name: str(members[name]) for name in _SECRET[kty]}}
        )
        #: names the key by what it is (RFC 7638)
        self.thumbprint = key.thumbprint()
        self.sign(
            {}, {}
        )  # a key of another kind or curve fails now, not in the middle of something

    @classmethod
    def drawn(cls, alg: str) -> "PrivateKey":
        """
        Draw a new key.

        Raises:
            ConfigError: nobody here can sign in that way.
        """
        if alg not in _DRAWN:
            raise ConfigError(f"{alg or 'unnamed'} signatures cannot be made here")
        return cls(alg, _DRAWN[alg]())

    @classmethod
    def imported(cls, alg: str, jwk: Mapping[str, str]) -> "PrivateKey":
        """
        Take up a key that was drawn before.

        Raises:
            ConfigError: it is damaged, public only, or cannot sign in that way.
        """
        if alg not in _DRAWN:  # "none" would be one that any key can do
            raise ConfigError(f"{alg or 'unnamed'} signatures cannot be made here")
        try:
            return cls(alg, _IMPORTED[jwk["kty"]](dict(jwk)))
        except (JoseError, ValueError, TypeError, KeyError):
            raise ConfigError("a private key cannot be read, or cannot sign as it should") from None

    def sign(self, header: Mapping[str, object], claims: Mapping[str, object]) -> str:
        """Give *claims* as a compact JWS (RFC 7515 section 3.1)."""
        whole = {**header, "alg": self._alg}
        return jwt.encode(
            whole, dict(claims), self._key, registry=OneAlgorithm(self._alg), default_type=None
        )
