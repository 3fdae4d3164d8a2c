"""How much of a target is left to use, as its answers tell."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pywry_auth.protocol.wire import WireReply, retry_after


#: below this a number of seconds counts from now; above it is Unix time
_EPOCH = 1_000_000_000.0
_TOO_MANY = 429

# Names differ from server to server: GitHub and many others, some older ones, the fields that were
# to become a standard (draft-ietf-httpapi-ratelimit-headers), HubSpot.
_LIMIT = (
    "x-ratelimit-limit",
    "x-rate-limit-limit",
    "ratelimit-limit",
    "x-hubspot-ratelimit-max",
)
_REMAINING = (
    "x-ratelimit-remaining",
    "x-rate-limit-remaining",
    "ratelimit-remaining",
    "x-hubspot-ratelimit-remaining",
)
_RESET = ("x-ratelimit-reset", "x-rate-limit-reset", "ratelimit-reset")
_PART = re.compile(r"[;,]\s*(limit|remaining|reset|q|r|t)\s*=\s*([0-9]{1,15})(?![0-9.])")
_NUMBER = re.compile(r"\s*([0-9]{1,15})(?:\.[0-9]{1,9})?\s*(?:[,;].*)?")


@dataclass(frozen=True, slots=True)
class RateLimit:
    """
    What a target said about how often it may be asked.

    Attributes:
        limit: requests in one period; None where it did not say.
        remaining: requests left in this one; None where it did not say.
        resets_at: Unix time in seconds at which the next one begins; None where it did not say.
    """

    limit: int | None = None
    remaining: int | None = None
    resets_at: float | None = None

    @property
    def is_used_up(self) -> bool:
        """Whether the next request would be refused."""
        return self.remaining == 0


def rate_limit_in(reply: WireReply, *, now: float) -> RateLimit | None:
    """
    Read what *reply* says about limits; None where it says nothing.

    Args:
        reply: the answer.
        now: Unix time in seconds.
    """
    headers = reply.headers
    whole = _one_header(headers)
    limit = _number(headers, _LIMIT, whole.get("limit", whole.get("q")))
    remaining = _number(headers, _REMAINING, whole.get("remaining", whole.get("r")))
    resets_at = _instant(_number(headers, _RESET, whole.get("reset", whole.get("t"))), now)
    wait = retry_after(reply, now=now)
    if reply.status == _TOO_MANY and wait is not None:
        # Some (Slack, Microsoft) only say how long to wait, and only once it is too late.
        remaining, resets_at = 0, now + wait
    if limit is None and remaining is None:
        return None
    return RateLimit(limit, remaining, resets_at)


def wait_asked(reply: WireReply, limit: RateLimit | None, *, now: float) -> float | None:
    """
    Give the seconds to wait before *reply* may be another one; None where nothing says so.

    ``Retry-After`` counts before a limit that is used up.
    """
    said = retry_after(reply, now=now)
    if said is not None or limit is None or not limit.is_used_up or limit.resets_at is None:
        return said
    return max(0.0, limit.resets_at - now)


def _instant(reset: int | None, now: float) -> float | None:
    if reset is None:
        return None
    return float(reset) if reset >= _EPOCH else now + reset


def _one_header(headers: Mapping[str, str]) -> dict[str, int]:
    # `RateLimit: limit=10, remaining=2, reset=5`, later `RateLimit: "default";r=2;t=5` with the
    # limit itself beside it: `RateLimit-Policy: "default";q=10;w=60`
    found: dict[str, int] = {}
    for name in ("ratelimit", "ratelimit-policy"):
        for key, number in _PART.findall(f",{headers.get(name, '')}"):
            found.setdefault(key, int(number))
    return found


def _number(
    headers: Mapping[str, str], names: tuple[str, ...], otherwise: int | None
) -> int | None:
    for name in names:
        found = _NUMBER.fullmatch(headers.get(name, ""))
        if found:
            return int(found[1])
    return otherwise
