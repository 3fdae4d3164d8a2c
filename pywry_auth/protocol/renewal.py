"""When tokens are renewed, as a function of the time."""

import secrets

from pywry_auth.tokens import OAuthTokenSet


MIN_REFRESH_DELAY = 5.0  # seconds; a 60 s token must not be renewed every second
MAX_BACKOFF = 900.0  # seconds; a quarter of an hour offline costs no more than that
SET_BACK = 60.0  # seconds; a token from further in the future shows that the clock was set back
_JITTER = 0.1  # of the delay, so that many machines do not all come at once


def buffer_for(tokens: OAuthTokenSet, buffer: float) -> float:
    """Cut *buffer* seconds to half the token's life, so that a short token is used at all."""
    return buffer if tokens.expires_in is None else min(buffer, tokens.expires_in / 2)


def is_due(tokens: OAuthTokenSet, *, now: float, buffer: float) -> bool:
    """
    Say whether less than *buffer* seconds (or half the life) are left at Unix time *now*.

    After the clock was set back nobody knows how much is left; then it is due as well.
    """
    if tokens.expires_in is not None and tokens.issued_at > now + SET_BACK:
        return True
    return not tokens.usable_at(now, skew=buffer_for(tokens, buffer))


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


def backoff_delay(failures: int) -> float:
    """Say how many seconds to wait after that many failures in a row; doubles, with full jitter."""
    ceiling = min(MAX_BACKOFF, MIN_REFRESH_DELAY * 2.0 ** min(failures, 10))
    return MIN_REFRESH_DELAY + (ceiling - MIN_REFRESH_DELAY) * _fraction()


def _fraction() -> float:
    return secrets.randbelow(1000) / 1000
