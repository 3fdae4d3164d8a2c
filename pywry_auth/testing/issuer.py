"""One issuer of the programmable provider: one memory, with the parts that answer from it."""

import threading
from collections.abc import Collection, Sequence
from dataclasses import replace
from email.utils import formatdate

from pywry_auth.clock import SYSTEM_CLOCK, Clock
from pywry_auth.testing.conduct import Conduct, Reply
from pywry_auth.testing.device_endpoint import ENDPOINT as DEVICE
from pywry_auth.testing.pages import refusal_page
from pywry_auth.testing.part import Handler, Memory, Part
from pywry_auth.testing.parts import PARTS
from pywry_auth.testing.seen import SeenRequest
from pywry_auth.testing.token_endpoint import grant_type_of


class Issuer:
    """
    One issuer with one registered client; may be called from any thread.

    Args:
        url: the issuer identifier.
        conduct: what it does.
        clock: tells it the time.
        parts: what it is made of.
    """

    def __init__(
        self,
        url: str,
        conduct: Conduct,
        clock: Clock = SYSTEM_CLOCK,
        parts: tuple[Part, ...] = PARTS,
    ) -> None:
        self.memory = Memory(url, conduct, parts, clock)
        self._called = threading.Condition(self.memory.lock)
        self._handlers: dict[str, Handler] = {}
        for part in parts:
            self._handlers.update(part.endpoints)
        self._turns: dict[str, int] = {}

    @property
    def token_url(self) -> str:
        """The token endpoint."""
        return f"{self.memory.url}/token"

    @property
    def device_url(self) -> str:
        """The device authorization endpoint."""
        return f"{self.memory.url}/{DEVICE}"

    def program(self, conduct: Conduct) -> None:
        """Do *conduct* from now on."""
        with self.memory.lock:
            self.memory.conduct = conduct
            self._turns.clear()

    def endpoint_of(self, path: str) -> str:
        """Give the name of the endpoint at *path*, which begins below the issuer."""
        if path == self.memory.jwks_path:
            return "jwks"
        below = path.partition("/")[0] + "/"
        for name in (path, below if "/" in path else path):
            if name in self._handlers and name not in {"discovery", "jwks"}:
                return name
        return f"other:/{path}"

    def answer(self, seen: SeenRequest) -> Reply:
        """Note the request, look at it, and give the reply."""
        memory = self.memory
        with memory.lock:
            memory.seen.append(seen)
            self._called.notify_all()
            names = self._conduct_names(seen)
            fixed = self._fixed(names)
            memory.refuses = fixed is not None and not fixed.worked
            handler = self._handlers.get(seen.endpoint)
            if handler is None:
                reply = Reply(404, refusal_page("nothing is here"), "text/html")
            else:
                reply = handler(memory, seen)
            delays = memory.conduct.delays
            reply = fixed or replace(reply, delay=delays.get(_said(names, delays), 0.0))
            for part in memory.parts:
                reply = part.finishes(memory, seen, reply)
            date = {"Date": formatdate(memory.now, usegmt=True)}
            return replace(reply, headers=date | dict(reply.headers))

    def wait_for(self, endpoint: str, *, times: int, timeout: float) -> bool:
        """Wait until *endpoint* was called *times* times, or *timeout* seconds."""
        with self._called:
            return self._called.wait_for(
                lambda: [seen.endpoint for seen in self.memory.seen].count(endpoint) >= times,
                timeout,
            )

    def end_sessions(self) -> None:
        """Refuse every refresh token given so far, as after a revocation by an administrator."""
        with self.memory.lock:
            for grant in self.memory.refresh_tokens.values():
                grant.ended = True

    def _fixed(self, names: Sequence[str]) -> Reply | None:
        conduct = self.memory.conduct
        name = _said(names, conduct.first)
        turn = self._turns.get(name, 0)
        self._turns[name] = turn + 1
        first = conduct.first.get(name, ())
        if turn < len(first):
            return first[turn]
        return conduct.replies.get(_said(names, conduct.replies))

    def _conduct_names(self, seen: SeenRequest) -> Sequence[str]:
        grant_type = grant_type_of(self.memory, seen) if seen.endpoint == "token" else None
        if grant_type is None:
            return (seen.endpoint,)
        return (grant_type.name, grant_type.otherwise or grant_type.name)


def _said(names: Sequence[str], conduct: Collection[str]) -> str:
    """Strictly private: give the first of *names* that *conduct* says something of."""
    return next((name for name in names if name in conduct), names[0])
