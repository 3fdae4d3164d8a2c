"""The named points of a session's life, at which a worker can be killed or stopped."""

import os
import signal
import time
from collections.abc import Mapping
from hashlib import sha256
from types import TracebackType

from words import Words

from pywry_auth import lock
from pywry_auth.errors import StoreError, StoreUnavailableError
from pywry_auth.protocol.wire import WireReply, WireRequest
from pywry_auth.providers import GenericOIDCProvider
from pywry_auth.token_store.base import TokenStore
from pywry_auth.token_store.keyring_entries import Backend
from pywry_auth.token_store.slot import TokenSlot
from pywry_auth.tokens import OAuthTokenSet


KEY = "proof"  # of the session everything here is about
PARTS = "~pywry~part:"
JOURNAL = "~pywry~moving:"


class Points:
    """
    Tells each point that is passed; ends or stops the process at the one that was named.

    Args:
        words: who is told.
        armed: what happens at which point: ``kill`` or ``stop``; each once.
        phase: stands before every name, as in ``logout.store.before``.
    """

    def __init__(self, words: Words, armed: Mapping[str, str], phase: str = "") -> None:
        self._words = words
        self._armed = dict(armed)
        self._phase = phase
        #: whether points are told and armed by now
        self.live = False
        #: the names of those that were passed, without their phase
        self.passed: set[str] = set()
        #: which refresh token is being saved, named without telling it
        self.saving = ""

    def arm(self, armed: Mapping[str, str]) -> None:
        """Let this happen at the points that are named."""
        self._armed = dict(armed)

    def at(self, point: str) -> None:
        """Pass *point*, or be killed there."""
        if not self.live:
            return
        name = f"{self._phase}{point}"
        self.passed.add(point)
        self._words.say(at=name)
        what = self._armed.pop(name, None)
        if what is None:
            return
        self._words.say(hit=name)
        os.kill(os.getpid(), signal.SIGKILL if what == "kill" else signal.SIGSTOP)
        while what == "kill":
            time.sleep(1)  # the signal is on its way

    def durable(self) -> None:
        """Note that what is being saved outlives this process from now on."""
        self._words.say(durable=self.saving)


class WatchedProvider(GenericOIDCProvider):
    """A provider whose requests are points; none takes longer than *patience* seconds."""

    points: Points
    patience = 30.0

    async def _send(self, request: WireRequest, *, within: float) -> WireReply:
        kind = {self.token_url: "send", self.revocation_url: "revoke"}.get(request.url)
        if kind is None:
            return await super()._send(request, within=within)
        self.points.at(f"{kind}.before")
        reply = await super()._send(request, within=min(within, self.patience))
        self.points.at("reply.read" if kind == "send" else "revoke.read")
        return reply


class WatchedStore(TokenStore):
    """A store whose changes are points."""

    def __init__(self, inner: TokenStore, points: Points, sabotage: str | None) -> None:
        self._inner = inner
        self._points = points
        self._forgets = sabotage == "store"
        #: how many saves are refused from now on
        self.refuses = 0
        self.identity = inner.identity

    async def save(self, key: str, tokens: OAuthTokenSet) -> None:
        self._points.at("store.before")
        if self.refuses:
            self.refuses -= 1
            raise StoreUnavailableError("locked, for the proof")
        self._points.saving = digest(tokens.refresh_token)
        if not (self._forgets and self._points.live):
            await self._inner.save(key, tokens)
        self._points.durable()
        self._points.at("store.after")

    async def load(self, key: str) -> OAuthTokenSet | None:
        return await self._inner.load(key)

    async def delete(self, key: str) -> None:
        self._points.at("delete.before")
        await self._inner.delete(key)
        self._points.at("delete.after")

    async def exists(self, key: str) -> bool:
        return await self._inner.exists(key)

    async def list_keys(self) -> list[str]:
        return await self._inner.list_keys()

    def slot(self, key: str = "default") -> TokenSlot:
        return self._inner.slot(key)


class WatchedSlot(TokenSlot):
    """A slot whose changes are points."""

    def __init__(self, inner: TokenSlot, points: Points, sabotage: str | None) -> None:
        #: the slot itself, which forgets nothing
        self.inner = inner
        self._points = points
        self._forgets = sabotage == "store"
        #: how many saves are refused from now on
        self.refuses = 0
        self.identity, self.key = inner.identity, inner.key

    def load(self) -> OAuthTokenSet | None:
        """Give what is kept."""
        return self.inner.load()

    def save(self, tokens: OAuthTokenSet) -> None:
        """Keep *tokens*, unless it refuses, or forgets them."""
        self._points.at("store.before")
        if self.refuses:
            self.refuses -= 1
            raise StoreUnavailableError("locked, for the proof")
        try:
            if not self._forgets:
                self.inner.save(tokens)
        except StoreError:
            self._points.at("store.failed")  # that was not planned: the keyring has ended
            raise
        self._points.at("store.after")

    def clear(self) -> None:
        """Forget what is kept."""
        self._points.at("delete.before")
        self.inner.clear()
        self._points.at("delete.after")


class WatchedBackend:
    """A keyring whose changes are points: journal, each part, head, each old part, index."""

    def __init__(self, inner: Backend, points: Points) -> None:
        self._inner = inner
        self._points = points

    def get_password(self, service: str, username: str) -> str | None:
        return self._inner.get_password(service, username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self._points.at(f"keyring.{_entry(username)}")
        self._inner.set_password(service, username, password)
        if username == KEY:
            self._points.durable()

    def delete_password(self, service: str, username: str) -> None:
        self._points.at(f"keyring.drop.{_entry(username)}")
        self._inner.delete_password(service, username)


def digest(secret: str | None) -> str:
    """Name a secret without telling it."""
    return sha256(secret.encode()).hexdigest()[:12] if secret else ""


def _entry(username: str) -> str:
    """Strictly private: name an entry by what it is for."""
    if username == KEY:
        return "head"
    if username.startswith(PARTS):
        return f"part.{username.rpartition(':')[2]}"
    return "journal" if username.startswith(JOURNAL) else "other"


class WatchedLock(lock.RecordLock):
    """A lock that is a point wherever it is the session's own; for this process."""

    points: Points
    #: seconds after which a waiter gives up; the product's own when None
    patience: float | None = None
    #: whether the session's locks keep nobody out
    is_broken = False

    def __init__(self, identity: str, key: str, timeout: float = 30.0) -> None:
        super().__init__(identity, key, timeout if self.patience is None else self.patience)
        self._is_ours = key == KEY

    def __enter__(self) -> None:
        self._at("lock.before")
        if not (self._is_ours and self.is_broken):
            super().__enter__()
        self._at("lock.held")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._at("lock.leaving")
        super().__exit__(kind, error, at)
        self._at("lock.left")

    async def __aenter__(self) -> None:
        self._at("lock.before")
        if not (self._is_ours and self.is_broken):
            await super().__aenter__()
        self._at("lock.held")

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._at("lock.leaving")
        await super().__aexit__(kind, error, at)
        self._at("lock.left")

    def _at(self, point: str) -> None:
        if self._is_ours:
            self.points.at(point)


def watch_locks(
    points: Points, timeout: float | None = None, *, sabotage: str | None = None
) -> None:
    """
    Make the locks of the session points; for this process.

    Args:
        points: who is told.
        timeout: seconds after which a waiter gives up; the product's own 30 when None.
        sabotage: ``lock`` takes the session's locks away.
    """
    WatchedLock.points, WatchedLock.patience = points, timeout
    WatchedLock.is_broken = sabotage == "lock"
    lock.RecordLock = WatchedLock
