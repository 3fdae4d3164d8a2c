"""How a client proves to the token endpoint which client it is."""

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable
from urllib.parse import quote_plus


ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_LIFE = 60  # seconds; it is used at once, so this only covers clocks that differ


@dataclass(frozen=True, slots=True)
class ClientProof:
    """What one request must carry; secret, so it never prints."""

    fields: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)


@runtime_checkable
class ClientAuth(Protocol):
    """One registered way to authenticate; the same for exchange, refresh and revocation."""

    @property
    def client_id(self) -> str:
        """The client identifier (RFC 6749 section 2.2)."""
        ...

    def proof(self, *, audience: str, now: float) -> ClientProof:
        """
        Make the proof for one request.

        Args:
            audience: the issuer, or the token URL of a provider without one.
            now: Unix time in seconds.
        """
        ...


@dataclass(frozen=True, slots=True)
class NoClientAuth:
    """A public client: it only names itself (RFC 6749 section 3.2.1), if it has a name."""

    client_id: str

    def proof(self, *, audience: str, now: float) -> ClientProof:
        """Give the client id alone; nothing for "", which some grants allow (RFC 7523 3.1)."""
        del audience, now
        return ClientProof({"client_id": self.client_id} if self.client_id else {})


@dataclass(frozen=True, slots=True)
class SecretPost:
    """``client_secret_post``: id and secret among the form fields (RFC 6749 section 2.3.1)."""

    client_id: str
    client_secret: str = field(repr=False)

    def proof(self, *, audience: str, now: float) -> ClientProof:
        """Give id and secret as fields."""
        del audience, now
        return ClientProof({"client_id": self.client_id, "client_secret": self.client_secret})


@dataclass(frozen=True, slots=True)
class SecretBasic:
    """``client_secret_basic``: id and secret in a header (RFC 6749 section 2.3.1)."""

    client_id: str
    client_secret: str = field(repr=False)

    def proof(self, *, audience: str, now: float) -> ClientProof:
        """Give the header; both parts are form-encoded first, unlike in ordinary Basic."""
        del audience, now
        return ClientProof(headers={"authorization": basic(self.client_id, self.client_secret)})


@dataclass(frozen=True, slots=True)
class PrivateKeyJwt:
    """
    ``private_key_jwt``: a signed assertion instead of a secret (OIDC Core 9, RFC 7523).

    Attributes:
        client_id: issuer and subject of the assertion.
        key: private key as PEM text, or as a JWK.
        alg: the registered signature algorithm, for example ``"ES256"``.
        kid: names the key to the server, where it holds several.
        audience: what to put into ``aud`` instead of the issuer, for old servers.
    """

    client_id: str
    key: str | Mapping[str, str] = field(repr=False)
    alg: str = "ES256"
    kid: str | None = None
    audience: str | None = None

    def proof(self, *, audience: str, now: float) -> ClientProof:
        """
        Sign a fresh assertion with an ``aud`` of one string.

        Raises:
            ConfigError: the key cannot be read, or cannot sign in that way.
        """
        from pywry_auth.protocol.signature import sign_claims

        claims = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": self.audience or audience,
            "iat": int(now),
            "exp": int(now) + ASSERTION_LIFE,
            "jti": secrets.token_urlsafe(32),
        }
        assertion = sign_claims(claims, key=self.key, alg=self.alg, kid=self.kid)
        return ClientProof(
            {
                "client_id": self.client_id,
                "client_assertion_type": ASSERTION_TYPE,
                "client_assertion": assertion,
            }
        )


def basic(client_id: str, client_secret: str) -> str:
    """Give the value of an ``Authorization: Basic`` header for a client."""
    pair = f"{quote_plus(client_id)}:{quote_plus(client_secret)}"
    return "Basic " + base64.b64encode(pair.encode("ascii")).decode("ascii")
