"""What a token endpoint gave, with the instants at which it ends."""

import math
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeGuard

from pywry_auth.errors import TokenError
from pywry_auth.json_value import is_array


#: never kept in ``raw``: each of these is a secret or has a field of its own
SECRET_MEMBERS = frozenset({"access_token", "refresh_token", "id_token", "client_secret"})

#: how a kind of token is named in a header, however the server wrote it
_SCHEMES = {"bearer": "Bearer", "dpop": "DPoP"}

MAX_SECONDS = 1e11  # about 3000 years; larger numbers are milliseconds or nonsense


@dataclass(frozen=True, slots=True)
class TokenOrigin:
    """
    Whose tokens these are, and who gave them; kept so that no other session touches them.

    Attributes:
        issuer: the issuer, or the token URL of a provider that has none.
        client_id: the client registration that got the tokens.
        subject: who signed in; "" while nobody knows.
    """

    issuer: str
    client_id: str
    subject: str = ""


@dataclass(frozen=True, slots=True, init=False)
class OAuthTokenSet:
    """
    One answer of a token endpoint (RFC 6749 section 5.1), never changed after it is made.

    Args:
        access_token: what is presented to the resource server.
        token_type: as sent; in a header ``bearer`` is ``Bearer``, ``dpop`` is ``DPoP``, whatever
            its case.
        refresh_token: what buys the next set, or None.
        expires_in: seconds of life counted from *issued_at*, also as a numeric string; None is
            unknown, and unknown means usable until refused.
        id_token: the compact JWS as received, or None.
        scope: what was granted; a string as sent, or any collection of words.
        raw: further members of the answer; secrets are taken out.
        issued_at: Unix time in seconds at which the answer arrived; now when left out.
        refresh_expires_in: seconds of life of the refresh token; None or 0 is unknown.
        expires_at: instead of *expires_in*: Unix time in seconds or a datetime.
        access_expiry: the same as *expires_at*.
        refresh_expiry: instead of *refresh_expires_in*: Unix time in seconds or a datetime.
        origin: whose tokens these are, or None where nobody said.
        clock_offset: seconds by which the provider's clock was ahead of this machine's when the
            answer arrived; None is unknown.

    A datetime without a time zone is read as UTC.

    Raises:
        TokenError: a lifetime is negative, not a number or nonsense.
    """

    access_token: str = field(repr=False)
    token_type: str
    refresh_token: str | None = field(repr=False)
    expires_in: float | None
    id_token: str | None = field(repr=False)
    scope: str
    raw: Mapping[str, object] = field(repr=False, compare=False)
    issued_at: float
    refresh_expires_in: float | None
    origin: TokenOrigin | None
    clock_offset: float | None = field(compare=False)

    def __init__(  # noqa: PLR0913, PLR0917
        self,
        access_token: str,
        token_type: str = "Bearer",
        refresh_token: str | None = None,
        expires_in: float | str | None = None,
        id_token: str | None = None,
        scope: str | Iterable[str] = "",
        raw: Mapping[str, object] | None = None,
        issued_at: float | None = None,
        refresh_expires_in: float | str | None = None,
        *,
        expires_at: float | str | datetime | None = None,
        access_expiry: float | str | datetime | None = None,
        refresh_expiry: float | str | datetime | None = None,
        origin: TokenOrigin | None = None,
        clock_offset: float | None = None,
    ) -> None:
        start = time.time() if issued_at is None else _not_negative(issued_at, "issued_at")
        end = expires_at if access_expiry is None else access_expiry
        put = object.__setattr__
        put(self, "access_token", access_token)
        put(self, "token_type", token_type)
        put(self, "refresh_token", refresh_token or None)
        put(self, "expires_in", _lifetime(expires_in, end, start, "expires_in"))
        put(self, "id_token", id_token)
        put(self, "scope", scope if isinstance(scope, str) else " ".join(scope))
        put(self, "raw", _without_secrets(raw or {}))
        put(self, "issued_at", start)
        refresh_life = _lifetime(refresh_expires_in, refresh_expiry, start, "refresh_expires_in")
        put(self, "refresh_expires_in", refresh_life or None)
        put(self, "origin", origin)
        put(self, "clock_offset", clock_offset)

    @property
    def expires_at(self) -> float | None:
        """Unix time in seconds at which the access token ends; None when unknown."""
        return None if self.expires_in is None else self.issued_at + self.expires_in

    @property
    def refresh_expires_at(self) -> float | None:
        """Unix time in seconds at which the refresh token ends; None when unknown."""
        life = self.refresh_expires_in
        return None if life is None else self.issued_at + life

    @property
    def access_expiry(self) -> datetime | None:
        """The instant at which the access token ends, in UTC."""
        return _datetime(self.expires_at)

    @property
    def refresh_expiry(self) -> datetime | None:
        """The instant at which the refresh token ends, in UTC."""
        return _datetime(self.refresh_expires_at)

    @property
    def is_expired(self) -> bool:
        """Whether the access token has ended by this machine's clock."""
        return not self.usable_at(time.time())

    @property
    def scopes(self) -> tuple[str, ...]:
        """The granted scopes, in the order they were sent."""
        return tuple(self.scope.split())

    @property
    def authorization_header(self) -> str:
        """The value of an ``Authorization`` header; a secret (RFC 6750 section 2.1)."""
        name = _SCHEMES.get(self.token_type.lower(), self.token_type)
        return f"{name} {self.access_token}"

    def usable_at(self, now: float, *, skew: float = 0.0) -> bool:
        """
        Say whether the access token may still be presented.

        Args:
            now: Unix time in seconds.
            skew: seconds before its end from which it no longer counts.
        """
        if self.expires_in is None:
            return True
        return now + skew < self.issued_at + self.expires_in

    def access_valid(self, skew: float = 0.0) -> bool:
        """Say whether the access token is usable now, *skew* seconds early."""
        return self.usable_at(time.time(), skew=skew)

    def refresh_valid(self, skew: float = 0.0) -> bool:
        """Say whether there is a refresh token that has not ended, *skew* seconds early."""
        if self.refresh_token is None:
            return False
        end = self.refresh_expires_at
        return end is None or time.time() + skew < end


TokenSet = OAuthTokenSet
OAuth2Token = OAuthTokenSet


def _without_secrets(members: Mapping[str, object]) -> dict[str, object]:
    # Some answers (Slack) hold a second token set inside a member.
    return {name: _cleaned(value) for name, value in members.items() if name not in SECRET_MEMBERS}


def _cleaned(value: object) -> object:
    if _is_members(value):
        return _without_secrets(value)
    return [_cleaned(each) for each in value] if is_array(value) else value


def _is_members(value: object) -> TypeGuard[Mapping[str, object]]:
    return isinstance(value, Mapping)


def _lifetime(
    seconds: float | str | None, end: float | str | datetime | None, start: float, name: str
) -> float | None:
    if seconds is not None:
        life = _not_negative(seconds, name)
    elif end is not None:
        life = max(0.0, _epoch(end, name) - start)
    else:
        return None
    return int(life) if life == int(life) else life


def _not_negative(value: float | str, name: str) -> float:
    number = _number(value, name)
    if number < 0:
        raise TokenError(f"{name} is {number:g}; that is never negative")
    return number


def _number(value: float | str, name: str) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        raise TokenError(f"{name} is not a number of seconds") from None
    if isinstance(value, bool) or not math.isfinite(number) or abs(number) > MAX_SECONDS:
        raise TokenError(f"{name} is not a number of seconds")
    return number


def _epoch(value: float | str | datetime, name: str) -> float:
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return aware.timestamp()
    return _number(value, name)


def _datetime(instant: float | None) -> datetime | None:
    return None if instant is None else datetime.fromtimestamp(instant, UTC)
