"""What to do with a program's tokens now: the order in which renewal is tried."""

from dataclasses import dataclass, field
from enum import Enum

from pywry_auth.protocol.renewal import Transient, is_asked_to_wait, is_due
from pywry_auth.tokens import OAuthTokenSet


class Rung(Enum):
    """What to do; each is tried only where those before it are of no use."""

    USE = "use"
    WAIT = "wait"
    REFRESH = "refresh"
    GRANT = "grant"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Demand:
    """
    What a caller wants.

    Attributes:
        rejected: an access token that a resource refused; "" where none was.
        always: whether even a good token is to be renewed.
    """

    rejected: str = field(default="", repr=False)
    always: bool = False

    def accepts(self, tokens: OAuthTokenSet) -> bool:
        """Say whether *tokens*, which nobody renewed for it, will do."""
        return not self.always and tokens.access_token != self.rejected


@dataclass(frozen=True, slots=True)
class Means:
    """
    What there is to renew with.

    Attributes:
        can_begin: whether the grant can be made while nothing is stored.
        can_reauthenticate: whether it can be made once more.
        refused: a refresh token that the server refused for good; "" where it refused none.
    """

    can_begin: bool
    can_reauthenticate: bool
    refused: str = field(default="", repr=False)


def next_rung(
    tokens: OAuthTokenSet | None,
    demand: Demand,
    means: Means,
    *,
    now: float,
    skew: float,
    last: Transient | None = None,
) -> Rung:
    """
    Say what to do.

    Args:
        tokens: what is held and stored, or None.
        demand: what the caller wants.
        means: what there is to renew with.
        now: Unix time in seconds.
        skew: seconds before its end from which an access token is not used; cut to half its life.
        last: the failure of the try before, if it failed for want of a network.
    """
    if tokens is not None and demand.accepts(tokens) and not is_due(tokens, now=now, buffer=skew):
        return Rung.USE
    if last is not None and is_asked_to_wait(last, now=now):
        return Rung.WAIT
    if tokens is None:
        return Rung.GRANT if means.can_begin else Rung.PERSON
    if has_usable_refresh_token(tokens, means.refused, now=now):
        return Rung.REFRESH
    return Rung.GRANT if means.can_reauthenticate else Rung.PERSON


def has_usable_refresh_token(tokens: OAuthTokenSet, refused: str, *, now: float) -> bool:
    """Say whether there is a refresh token that is neither known to have ended nor *refused*."""
    end = tokens.refresh_expires_at
    return bool(tokens.refresh_token) and tokens.refresh_token != refused and not _over(end, now)


def _over(end: float | None, now: float) -> bool:
    return end is not None and now >= end
