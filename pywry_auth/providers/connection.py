"""How requests get to one provider: sent, timed by its clock, proved with a key."""

from collections.abc import Callable
from types import TracebackType
from typing import Protocol, Self

from pywry_auth.clock import Clock
from pywry_auth.protocol.clock_offset import is_notable, learnt_offset
from pywry_auth.protocol.wire import WireReply, WireRequest
from pywry_auth.providers.feature_use import FeatureUse
from pywry_auth.providers.proving import Prover


class _Sender(Protocol):
    """What is needed of ``pywry_auth.http.HttpClient``, which is imported on first use."""

    async def send(self, request: WireRequest, *, within: float) -> WireReply: ...

    async def warm(self) -> None: ...

    async def close(self) -> None: ...


class ProviderConnection:
    """
    Speaks to one provider, over as many connections as it takes.

    Args:
        clock: tells the time.
    """

    #: seconds by which the provider's clock is ahead of this machine's, once it has answered
    clock_offset: float | None = None

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._prover = Prover(FeatureUse.OFF)
        self._sender: _Sender | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close every connection, on every loop; may be repeated, and the provider used again."""
        if self._sender is not None:
            await self._sender.close()

    def now(self) -> float:
        """Unix time in seconds, by the provider's clock as far as it is known."""
        # A few seconds are left alone: the network makes them, not a clock.
        offset = self.clock_offset
        return self._clock.now() + (offset if offset is not None and is_notable(offset) else 0.0)

    async def _ask(
        self, make: Callable[[], WireRequest], *, within: float, access_token: str | None = None
    ) -> WireReply:
        """Send what *make* makes, proved where a key is spoken with; *within* seconds each time."""
        return await self._prover.ask(
            lambda request: self._send(request, within=within),
            make,
            now=self.now,
            access_token=access_token,
        )

    async def _send(self, request: WireRequest, *, within: float) -> WireReply:
        reply = await self._http().send(request, within=within)
        self.clock_offset = learnt_offset(reply, now=self._clock.now(), known=self.clock_offset)
        return reply

    def _http(self) -> _Sender:
        if self._sender is None:
            from pywry_auth.http import HttpClient

            self._sender = HttpClient()
        return self._sender
