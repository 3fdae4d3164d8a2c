"""How often a resource that refuses every token has it renewed."""

from dataclasses import dataclass, field

from pywry_auth.clock import Clock
from pywry_auth.protocol.origin import Origin
from pywry_auth.protocol.renewal import backoff_delay


FREE_TRIES = 3  # renewals in vain before waiting begins; a resource may lag behind its provider


@dataclass(frozen=True, slots=True)
class _Vain:
    """What came of the renewals for one origin, none of which helped."""

    count: int
    token: str = field(repr=False)  # the newest that was refused; many requests may have sent it
    until: float


class Futility:
    """
    Remembers which origins refused a token that was renewed for them.

    A resource that says 401 for reasons of its own would otherwise cost the provider one renewal
    for each request made to it. Any thread may use it: each step is one operation on a dictionary.

    Args:
        clock: tells the time.
    """

    def __init__(self, clock: Clock) -> None:
        self._now = clock.monotonic
        self._vain: dict[Origin | None, _Vain] = {}

    def allows(self, origin: Origin | None) -> bool:
        """Say whether another renewal for *origin* may help."""
        vain = self._vain.get(origin)
        return vain is None or self._now() >= vain.until

    def refused(self, origin: Origin | None, token: str) -> None:
        """Note that *token*, renewed for *origin*, was refused as well."""
        vain = self._vain.get(origin)
        if vain is not None and vain.token == token:
            return
        count = 1 if vain is None else vain.count + 1
        wait = backoff_delay(count - FREE_TRIES) if count >= FREE_TRIES else 0.0
        self._vain[origin] = _Vain(count, token, self._now() + wait)

    def accepted(self, origin: Origin | None, token: str) -> None:
        """Note that *origin* took *token*."""
        vain = self._vain.get(origin) if self._vain else None
        # One that it took here and refused there says that there it is not about the token.
        if vain is not None and vain.token != token:
            self._vain.pop(origin, None)
