"""Tokens for a signed assertion."""

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pywry_auth.clock import SYSTEM_CLOCK, Clock
from pywry_auth.errors import ConfigError
from pywry_auth.grants.grant import TokenGrant
from pywry_auth.grants.kinds.arguments import (
    default_auth,
    given,
    naming,
    presented,
    proven_client,
    required,
    scope_text,
    told,
)
from pywry_auth.protocol.client_auth import ClientAuth
from pywry_auth.protocol.resources import checked_resources


JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LIFE = 300.0  # seconds; it is used at once, and the clocks of two machines rarely differ by more

_OURS = frozenset({"iss", "sub", "aud", "iat", "exp", "jti"})


@dataclass(frozen=True, slots=True, init=False)
class SignedAssertion:
    """
    Signs a fresh assertion at each call (RFC 7523 section 3).

    A Google service account, for example, is the key of its file with ``alg="RS256"``,
    ``issuer=`` its ``client_email``, ``audience=`` its ``token_uri``, and
    ``claims={"scope": "https://www.googleapis.com/auth/drive.readonly"}``, as that endpoint reads
    the scope from the assertion.

    Args:
        key: private key as PEM text, or as a JWK.
        alg: the signature algorithm the server knows the key by, for example ``"ES256"``.
        issuer: who signs (``iss``).
        subject: on whose behalf (``sub``); the issuer when left out.
        audience: the server that is to believe it (``aud``): its token URL, or its issuer.
        kid: names the key to the server, where it holds several.
        claims: what else is said; it cannot replace what is above.
        life: seconds from its making to its end; servers refuse long ones.
        clock: tells the time.

    Raises:
        ConfigError: an argument is empty, or *life* is no such span.
    """

    issuer: str
    subject: str
    audience: str
    alg: str
    kid: str | None
    claims: Mapping[str, object] = field(repr=False, hash=False)
    life: float
    _key: str | Mapping[str, str] = field(repr=False, hash=False)
    _clock: Clock = field(repr=False, compare=False)

    def __init__(  # noqa: PLR0913  # the claims of RFC 7523 section 3, one by one
        self,
        *,
        key: str | Mapping[str, str],
        alg: str = "ES256",
        issuer: str,
        subject: str = "",
        audience: str,
        kid: str | None = None,
        claims: Mapping[str, object] | None = None,
        life: float = LIFE,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        if not key:
            raise ConfigError("the key is empty", hint="give the private key as PEM text or a JWK")
        if not 0 < life <= 3600:  # noqa: PLR2004  # an hour is what the most patient servers take
            raise ConfigError("life is no span up to an hour", hint="300 seconds suit every server")
        put = object.__setattr__
        put(self, "issuer", required(issuer, "the issuer", hint="say who signs"))
        put(self, "subject", subject or issuer)
        put(self, "audience", required(audience, "the audience", hint="often the token URL"))
        put(self, "alg", required(alg, "alg", hint='how the key signs, for example "RS256"'))
        put(self, "kid", kid)
        put(self, "claims", _further(claims or {}))
        put(self, "life", life)
        put(self, "_key", key if isinstance(key, str) else dict(key))
        put(self, "_clock", clock)

    def __call__(self) -> str:
        """
        Sign one assertion, with an identifier that no other one has.

        Raises:
            ConfigError: the key cannot be read, or cannot sign in that way.
        """
        from pywry_auth.protocol.signature import sign_claims

        now = int(self._clock.now())
        claims = {
            **self.claims,
            "iss": self.issuer,
            "sub": self.subject,
            "aud": self.audience,
            "iat": now,
            "exp": now + max(1, int(self.life)),
            "jti": secrets.token_urlsafe(32),
        }
        return sign_claims(claims, key=self._key, alg=self.alg, kid=self.kid)


def _further(claims: Mapping[str, object]) -> dict[str, object]:
    taken = sorted(_OURS & claims.keys())
    if taken:
        raise ConfigError(
            f"claims cannot hold {', '.join(taken)}", hint="there are arguments for these"
        )
    return dict(claims)


@dataclass(frozen=True, slots=True, init=False)
class JwtBearerAuth(TokenGrant):
    """
    A signed assertion, in exchange for tokens (RFC 7523 section 2.1).

    Args:
        assertion: a ``SignedAssertion`` or another function, called for each grant; or a ready
            assertion, with which the grant is made once and not again after its tokens end.
        client_id: the client; "" where the assertion says enough, as at Google.
        scope: what is asked for, as one text or as words; "" leaves it to the server.
        client_auth: how a confidential client proves itself besides.
        resources: where the tokens will be used, for servers that want it named (RFC 8707).

    Raises:
        ConfigError: the assertion is empty.
    """

    assertion: str | Callable[[], str] = field(repr=False)
    client_id: str
    scope: str
    resources: Sequence[str]
    _client_auth: ClientAuth = field(repr=False, hash=False)

    def __init__(
        self,
        assertion: str | Callable[[], str],
        *,
        client_id: str = "",
        scope: str | Iterable[str] = "",
        client_auth: ClientAuth | None = None,
        resources: Sequence[str] = (),
    ) -> None:
        put = object.__setattr__
        put(self, "assertion", presented(assertion, "the assertion"))
        put(self, "client_id", proven_client(client_id, client_auth))
        put(self, "scope", scope_text(scope))
        put(self, "resources", checked_resources(resources))
        put(self, "_client_auth", default_auth(client_id, client_auth))

    @property
    def can_reauthenticate(self) -> bool:
        """Whether there will be another assertion."""
        return not isinstance(self.assertion, str)

    @property
    def subject(self) -> str:
        """On whose behalf, where the grant signs for itself."""
        return self.assertion.subject if isinstance(self.assertion, SignedAssertion) else ""

    def grant_data(self) -> dict[str, str]:
        """
        Give the form fields (RFC 7523 section 2.1).

        Raises:
            ConfigError: there is no assertion, or none can be signed.
        """
        return {
            "grant_type": JWT_BEARER,
            **naming(self._client_auth),
            "assertion": told(self.assertion, "the assertion"),
            **given(scope=self.scope),
        }

    def client_auth(self) -> ClientAuth:
        """Say how the client proves itself on every request."""
        return self._client_auth
