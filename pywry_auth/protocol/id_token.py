"""ID tokens: what is believed of them, after the signature."""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pywry_auth.errors import TokenError
from pywry_auth.protocol.compact import part_of
from pywry_auth.protocol.jwks import SUITS, Jwks
from pywry_auth.protocol.replies import JSON_OBJECT
from pywry_auth.protocol.signature import hmac_key, signed_payload
from pywry_auth.protocol.skipped import Skipped
from pywry_auth.protocol.tenant import GUID, is_template, issuer_of
from pywry_auth.protocol.timely import require_time


MAX_TOKEN = 64 * 1024  # characters; real ID tokens are below 8 KiB
LEEWAY = (
    60.0  # seconds that clocks may differ; RFC 7519 section 4.1.4 asks for "a few minutes" at most
)
DEFAULT_ALGORITHMS = frozenset(SUITS)
HMAC_ALGORITHMS = frozenset({"HS256", "HS384", "HS512"})


JsonObject = dict[str, object]


class UnknownKeyError(TokenError):
    """No key of the set fits; the set may be out of date and is worth reading again."""

    code = "unknown_key"


class _Addressed(BaseModel):
    """What every signed answer says: who speaks, of whom, to whom."""

    model_config = ConfigDict(
        frozen=True, extra="allow", hide_input_in_errors=True, allow_inf_nan=False
    )

    iss: str
    sub: str = Field(min_length=1, max_length=1024)
    aud: str | tuple[str, ...]
    tid: str | None = None

    @property
    def audiences(self) -> frozenset[str]:
        """For whom the token was made."""
        return frozenset({self.aud} if isinstance(self.aud, str) else self.aud)


class Claims(_Addressed):
    """The claims that are judged (OIDC Core 2)."""

    exp: float = Field(strict=True)
    iat: float = Field(strict=True)
    nbf: float | None = Field(default=None, strict=True)
    nonce: str | None = None
    azp: str | None = None
    at_hash: str | None = None
    auth_time: float | None = None


class _Header(BaseModel):
    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    alg: str
    kid: str | None = None
    crit: object = None


@dataclass(frozen=True, slots=True)
class IdTokenRules:
    """
    What this client expects of an ID token.

    Attributes:
        issuer: the metadata's issuer; may hold ``{tenantid}`` for a multi-tenant provider.
        client_id: our own audience.
        algorithms: what may have signed; never taken from the token.
        client_secret: the key of HMAC signatures, or "".
        leeway: seconds that clocks may differ.
    """

    issuer: str
    client_id: str
    algorithms: frozenset[str] = DEFAULT_ALGORITHMS
    client_secret: str = field(default="", repr=False)
    leeway: float = LEEWAY


def algorithms_for(
    announced: Sequence[str] | None, *, registered: str | None, has_secret: bool
) -> frozenset[str]:
    """
    Say which signatures are accepted: the registered one, else ours cut to what is announced.

    HMAC is accepted only where registration or metadata says so and there is a secret.
    """
    hmacs = HMAC_ALGORITHMS if has_secret else frozenset[str]()
    if registered is not None:
        return (DEFAULT_ALGORITHMS | hmacs) & {registered}
    if announced is None:
        return DEFAULT_ALGORITHMS
    return (DEFAULT_ALGORITHMS | hmacs) & frozenset(announced)


def verify_id_token(
    id_token: str,
    jwks: Jwks,
    *,
    rules: IdTokenRules,
    now: float | Literal[Skipped.ANY_TIME],
    nonce: str | Literal[Skipped.NO_NONCE],
    access_token: str | None = None,
    offset: float | None = None,
) -> JsonObject:
    """
    Check signature and claims (OIDC Core 3.1.3.7), and give all claims.

    Args:
        id_token: the compact JWS.
        jwks: the provider's keys.
        rules: what this client expects.
        now: Unix time in seconds, or ``ANY_TIME``.
        nonce: what was sent, or ``NO_NONCE`` where none was.
        access_token: what ``at_hash`` is compared with, when the token has one.
        offset: seconds by which the provider's clock is ahead of this machine's, where known; with
            a clock that is off, the token is timed by the provider's.

    Raises:
        UnknownKeyError: no key fits; read the key set again, once.
        UntimelyError: it has ended, or not begun.
        TokenError: the token must not be believed.
    """
    if len(id_token) > MAX_TOKEN:
        raise TokenError("the ID token is too long")
    header = _header(id_token)
    payload = _verified_payload(id_token, header, jwks, rules)
    claims = _claims(payload)
    _require_issuer(claims, rules.issuer)
    _require_audience(claims, rules.client_id)
    begins = max(claims.iat, claims.nbf or 0.0)
    require_time(exp=claims.exp, begins=begins, now=now, leeway=rules.leeway, offset=offset)
    if isinstance(nonce, str) and not _equal(claims.nonce, nonce):
        raise TokenError("the ID token was not made for this sign-in (nonce)")
    if claims.at_hash is not None and access_token is not None:
        _require_at_hash(claims.at_hash, access_token, header.alg)
    return JSON_OBJECT.validate_json(payload)


def verify_userinfo(token: str, jwks: Jwks, *, rules: IdTokenRules) -> JsonObject:
    """
    Check a signed userinfo answer (OIDC Core 5.3.2), and give its claims.

    Raises:
        UnknownKeyError: no key fits; read the key set again, once.
        TokenError: it must not be believed.
    """
    if len(token) > MAX_TOKEN:
        raise TokenError("userinfo is too long")
    payload = _verified_payload(token, _header(token), jwks, rules)
    try:
        claims = _Addressed.model_validate_json(payload)
    except ValidationError:
        raise TokenError("userinfo does not say who made it for whom") from None
    _require_issuer(claims, rules.issuer)
    if rules.client_id not in claims.audiences:
        raise TokenError("userinfo was made for another client")
    return JSON_OBJECT.validate_json(payload)


def require_recent_sign_in(claims: JsonObject, *, max_age: int, now: float) -> None:
    """
    Refuse an older sign-in than was asked for with ``max_age`` (OIDC Core 3.1.2.1, 3.1.3.7).

    Raises:
        TokenError: the person signed in too long ago, or nobody says when.
    """
    signed_in = claims.get("auth_time")
    if not isinstance(signed_in, int | float) or now - signed_in > max_age + LEEWAY:
        raise TokenError("the person did not sign in as recently as was asked for (auth_time)")


def same_identity(original: str, refreshed: str) -> bool:
    """
    Say whether a refreshed ID token speaks of the same sign-in (OIDC Core 12.2).

    Both were verified when they arrived; only their claims are compared here.

    Raises:
        TokenError: one of them is no ID token at all.
    """
    old, new = _claims(part_of(original, 1)), _claims(part_of(refreshed, 1))
    if (old.iss, old.sub, old.audiences) != (new.iss, new.sub, new.audiences):
        return False
    if None not in (old.auth_time, new.auth_time) and old.auth_time != new.auth_time:
        return False
    return new.nonce is None or old.nonce is None or new.nonce == old.nonce


def _header(id_token: str) -> _Header:
    try:
        header = _Header.model_validate_json(part_of(id_token, 0))
    except ValidationError:
        raise TokenError("the ID token has no readable header") from None
    if "crit" in header.model_fields_set:  # RFC 7515 section 4.1.11
        raise TokenError("the ID token demands an extension nobody here knows")
    return header


def _claims(payload: bytes) -> Claims:
    try:
        return Claims.model_validate_json(payload)
    except ValidationError as exc:
        names = ", ".join(sorted({str(item["loc"][0]) for item in exc.errors() if item["loc"]}))
        raise TokenError(f"the ID token lacks claims it must have: {names or 'all'}") from None


def _verified_payload(id_token: str, header: _Header, jwks: Jwks, rules: IdTokenRules) -> bytes:
    alg = header.alg
    if alg not in rules.algorithms:
        raise TokenError("the ID token is signed in a way this client does not accept")
    if alg in HMAC_ALGORITHMS:
        key = hmac_key(rules.client_secret)
        keys = [] if key is None else [key]
    else:
        keys = [found.key for found in jwks.candidates(alg=alg, kid=header.kid)]
    if not keys:
        raise UnknownKeyError("no key of the provider fits the ID token's signature")
    for key in keys:
        payload = signed_payload(id_token, key, alg)
        if payload is not None:
            return payload
        # a set without names: the next key of this type may fit
    kind = UnknownKeyError if header.kid is None else TokenError
    raise kind("the ID token's signature is wrong")


def _require_issuer(claims: _Addressed, issuer: str) -> None:
    expected = issuer
    if is_template(issuer):
        # The template is filled with that token's own tenant, so tenant and issuer must agree.
        if claims.tid is None or not GUID.fullmatch(claims.tid):
            raise TokenError("the ID token names no tenant")
        expected = issuer_of(issuer, claims.tid)
    if claims.iss != expected:
        raise TokenError("the ID token was issued by somebody else")


def _require_audience(claims: Claims, client_id: str) -> None:
    if client_id not in claims.audiences:
        raise TokenError("the ID token was made for another client")
    if claims.azp is not None and claims.azp != client_id:
        raise TokenError("the ID token was made for another client (azp)")
    if claims.azp is None and claims.audiences != frozenset({client_id}):
        raise TokenError("the ID token names an audience nobody vouches for")


def _require_at_hash(at_hash: str, access_token: str, alg: str) -> None:
    bits = alg[-3:] if alg[-3:].isdigit() else "512"  # EdDSA with Ed25519 hashes with SHA-512
    digest = hashlib.new(f"sha{bits}", access_token.encode()).digest()
    half = base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode("ascii")
    if not _equal(at_hash, half):
        raise TokenError("the ID token belongs to another access token (at_hash)")


def _equal(given: str | None, expected: str) -> bool:
    return given is not None and hmac.compare_digest(given.encode(), expected.encode())
