"""How patiently a transport asks a resource."""

import math
from dataclasses import dataclass

from pywry_auth.errors import ConfigError


@dataclass(frozen=True, slots=True)
class TransportSettings:
    """
    How a transport asks.

    Attributes:
        request_timeout: seconds for each step of a request, as httpx counts them: to connect, to
            send, to hear the next piece; also for a place among the open streams.
        max_retries: how often a request is repeated at most, beside the one after a 401.
        backoff_factor: seconds before the first repetition, at most; it doubles with each.
        backoff_cap: seconds of any wait at most, also where the server asks for more.
        requests_per_minute: how often a resource is asked at most; None is as often as it goes.
        max_streams: how many answers may be read piece by piece at the same time.

    Raises:
        ConfigError: a number is negative, infinite or no number.
    """

    request_timeout: float = 30.0
    max_retries: int = 5
    backoff_factor: float = 0.5
    backoff_cap: float = 60.0
    requests_per_minute: float | None = None
    max_streams: int = 4

    def __post_init__(self) -> None:
        _require(self.request_timeout > 0, "request_timeout is more than 0 seconds")
        _require(self.max_retries >= 0, "max_retries is 0 or more")
        _require(_is_duration(self.backoff_factor), "backoff_factor is 0 seconds or more")
        _require(_is_duration(self.backoff_cap), "backoff_cap is 0 seconds or more")
        per_minute = self.requests_per_minute
        _require(per_minute is None or 0 < per_minute < math.inf, "requests_per_minute is above 0")
        _require(self.max_streams >= 1, "max_streams is 1 or more")


def _is_duration(seconds: float) -> bool:
    return 0 <= seconds < math.inf  # NaN is neither


def _require(holds: bool, what: str) -> None:  # noqa: FBT001  # it is the condition itself
    if not holds:
        raise ConfigError(what)
