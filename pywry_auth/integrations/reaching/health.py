"""Whether a target answers to the token that is held for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pywry_auth.errors import CredentialMissingError
from pywry_auth.integrations.reaching.rate_limits import RateLimit


@dataclass(frozen=True, slots=True)
class Probe:
    """
    A request that costs little, changes nothing, and needs the token.

    Attributes:
        path: what is asked for.
        params: its query.
        accepts: statuses that say "the token is good" though they are errors.
    """

    path: str
    params: Mapping[str, str] = field(default_factory=dict[str, str])
    accepts: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """
    What came of one look at a target.

    Attributes:
        ok: whether it answered, and accepted the token.
        status: the HTTP status of the answer.
        latency: seconds between the request and its whole answer, waits before it not counted.
        provider: the key of the target.
        error: the ``code`` of the error that a request would have raised; "" where it is ok.
        rate_limit: what the target said about how often it may be asked, or None.
    """

    ok: bool
    status: int
    latency: float
    provider: str = ""
    error: str = ""
    rate_limit: RateLimit | None = None


def no_token(name: str) -> CredentialMissingError:
    """Make the error for the target *name* that has nothing to show."""
    return CredentialMissingError(
        f"no token is held for {name}",
        provider=name,
        hint="connect the account and open a session, or give token= in the settings",
    )
