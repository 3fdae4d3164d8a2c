"""What to do with a session's tokens now, as a function of the time."""

import secrets
from dataclasses import dataclass
from enum import Enum

from pywry_auth.errors import ReauthRequiredError, RefreshTransportError, TokenRefreshError
from pywry_auth.protocol.wire import MAX_RETRY_AFTER
from pywry_auth.tokens import OAuthTokenSet


BUFFER = 60.0  # seconds before the end at which tokens are renewed
EXPIRY_SKEW = 30.0  # seconds; with less left, a token may end on its way to the resource
MIN_REFRESH_DELAY = 5.0  # seconds; a 60 s token must not be renewed every second
MAX_BACKOFF = 900.0  # seconds; a quarter of an hour offline costs no more than that
MAX_PAUSE = 30.0  # seconds; somebody waits, and the network may be back any moment
BLUR = 2.0  # seconds; servers tell their time to the second
SET_BACK = 60.0  # seconds; a token from further in the future shows that the clock was set back
LONGEST_WAIT = 2 * MAX_RETRY_AFTER  # seconds; nobody asked for more: a clock was set back
_JITTER = 0.1  # of the delay, so that many machines do not all come at once


class Step(Enum):
    """What to do with the tokens that are held."""

    USE = "use"
    USE_AND_RENEW = "use, renew behind"
    RENEW = "renew now"
    WAIT = "wait"
    ASK = "ask the user"


@dataclass(frozen=True, slots=True)
class Refreshed:
    """The provider gave new tokens."""

    tokens: OAuthTokenSet


@dataclass(frozen=True, slots=True)
class Transient:
    """
    Nothing was decided: the refresh token is as good as before.

    Attributes:
        error: why.
        failures: how often in a row.
        not_before: Unix time in seconds before which nobody is asked again.
    """

    error: TokenRefreshError
    failures: int
    not_before: float


@dataclass(frozen=True, slots=True)
class Terminal:
    """The provider ended the session in its own words (RFC 6749 section 5.2)."""

    error: ReauthRequiredError


RenewalOutcome = Refreshed | Transient | Terminal


def outcome_of_failure(
    error: TokenRefreshError, *, now: float, last: RenewalOutcome | None
) -> Transient | Terminal:
    """
    Judge a renewal that brought nothing; only a refusal in the provider's words is terminal.

    Args:
        error: how it failed.
        now: Unix time in seconds.
        last: what the renewal before this one came to.
    """
    if isinstance(error, ReauthRequiredError):
        return Terminal(error)
    failures = last.failures + 1 if isinstance(last, Transient) else 1
    # One failure may be a connection that had grown old: whoever tries at once may succeed.
    pause = min(MAX_PAUSE, 2.0 ** min(failures, 10) * (0.5 + _fraction() / 2) * (failures > 1))
    return Transient(error, failures, now + max(pause, error.retry_after or 0.0))


def next_step(
    tokens: OAuthTokenSet | None,
    *,
    now: float,
    buffer: float,
    last: RenewalOutcome | None = None,
    offset: float | None = None,
) -> Step:
    """
    Say what to do.

    Args:
        tokens: what is held, or None.
        now: Unix time in seconds, by this machine's clock.
        buffer: seconds before the end at which tokens are renewed; cut to half their life.
        last: what the last renewal came to, where there was one.
        offset: seconds by which the provider's clock is ahead of this machine's, as far as is
            known; tells that the clock was set since the tokens came.
    """
    if tokens is None:
        return Step.ASK
    at = _instant(tokens, now, offset)
    if not is_due(tokens, now=at, buffer=buffer):
        return Step.USE
    usable = tokens.usable_at(at)
    if tokens.refresh_token is None or isinstance(last, Terminal):
        return Step.USE if usable else Step.ASK
    if isinstance(last, Transient) and is_asked_to_wait(last, now=now):
        return Step.USE if usable else Step.WAIT
    return Step.USE_AND_RENEW if _is_early(tokens, at) else Step.RENEW


def is_asked_to_wait(last: Transient, *, now: float) -> bool:
    """Say whether nobody is to be asked yet; a clock that was set back makes nobody wait longer."""
    return last.not_before - LONGEST_WAIT <= now < last.not_before


def too_soon(last: Transient, *, now: float) -> TokenRefreshError:
    """Give the error of somebody who asks again before the time that *last* says."""
    wait = max(1, round(last.not_before - now))
    late = RefreshTransportError(
        f"{last.error}; it is tried again in {wait} seconds",
        last.error.provider,
        hint=last.error.hint,
    )
    return late.asking_to_wait(float(wait))


def issued_before(one: OAuthTokenSet, other: OAuthTokenSet) -> bool:
    """Say whether, by the provider's clock as far as it is known, *one* is older than *other*."""
    if one.clock_offset is None or other.clock_offset is None:
        return False
    gap = (other.issued_at + other.clock_offset) - (one.issued_at + one.clock_offset)
    return gap > BLUR


def fresh_until(tokens: OAuthTokenSet, *, buffer: float) -> float | None:
    """Say until which Unix time *tokens* are used without a thought; None is for ever."""
    end = tokens.expires_at
    return None if end is None else end - buffer_for(tokens, buffer)


def worth_until(tokens: OAuthTokenSet) -> float | None:
    """Say until which Unix time *tokens* are handed out while they are renewed; None: for ever."""
    end = tokens.expires_at
    return None if end is None else end - buffer_for(tokens, EXPIRY_SKEW)


def buffer_for(tokens: OAuthTokenSet, buffer: float) -> float:
    """Cut *buffer* seconds to half the token's life, so that a short token is used at all."""
    return buffer if tokens.expires_in is None else min(buffer, tokens.expires_in / 2)


def is_due(tokens: OAuthTokenSet, *, now: float, buffer: float) -> bool:
    """
    Say whether less than *buffer* seconds (or half the life) are left at Unix time *now*.

    After the clock was set back nobody knows how much is left; then it is due as well.
    """
    return _is_from_the_future(tokens, now) or not tokens.usable_at(
        now, skew=buffer_for(tokens, buffer)
    )


def alarm_delay(tokens: OAuthTokenSet, *, now: float, buffer: float) -> float | None:
    """
    Say in how many seconds to renew in the background.

    Returns:
        Seconds, at least ``MIN_REFRESH_DELAY``; None when nothing can or need be renewed.
    """
    if tokens.refresh_token is None or tokens.expires_at is None:
        return None
    early = tokens.expires_at - buffer_for(tokens, buffer) - now
    return max(MIN_REFRESH_DELAY, early - early * _JITTER * _fraction())


def backoff_delay(failures: int, *, retry_after: float = 0.0) -> float:
    """
    Say how many seconds the background waits after that many failures in a row.

    It doubles, with full jitter, and is never less than the *retry_after* seconds of a server.
    """
    ceiling = min(MAX_BACKOFF, MIN_REFRESH_DELAY * 2.0 ** min(failures, 10))
    delay = MIN_REFRESH_DELAY + (ceiling - MIN_REFRESH_DELAY) * _fraction()
    return max(delay, retry_after + MIN_REFRESH_DELAY * _fraction() if retry_after else 0.0)


def _instant(tokens: OAuthTokenSet, now: float, offset: float | None) -> float:
    # By the clock the tokens were timed with: what was set since then is taken back.
    if offset is None or tokens.clock_offset is None:
        return now
    moved = offset - tokens.clock_offset
    return now + moved if abs(moved) > SET_BACK else now


def _is_from_the_future(tokens: OAuthTokenSet, now: float) -> bool:
    return tokens.expires_in is not None and tokens.issued_at > now + SET_BACK


def _is_early(tokens: OAuthTokenSet, now: float) -> bool:
    return not _is_from_the_future(tokens, now) and tokens.usable_at(
        now, skew=buffer_for(tokens, EXPIRY_SKEW)
    )


def _fraction() -> float:
    return secrets.randbelow(1000) / 1000
