"""One process that does one thing with a session, as its job says, and tells how that went."""

import asyncio
import os
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace

# Everything a session needs is imported before any worker is forked.
import cryptography.hazmat.primitives.ciphers.aead
import httpx
import joserfc.jwt
import keyring.errors
import platformdirs
import redis.asyncio
import truststore
from hooks import KEY, Points, WatchedProvider, digest, watch_locks
from stores import opened
from words import Words

from pywry_auth.errors import AuthenticationError
from pywry_auth.session import SessionEvent, SessionEventName, SessionManager
from pywry_auth.tokens import OAuthTokenSet, TokenOrigin


_WARM = (cryptography, httpx, joserfc, keyring, platformdirs, redis, truststore)

SCOPES = ["openid", "profile", "email"]
PAUSE = 0.2  # seconds between tries of one that met an error
SETTLED = {
    SessionEventName.SAVED,
    SessionEventName.SAVE_FAILED,
    SessionEventName.REFRESH_FAILED,
    SessionEventName.REAUTH_REQUIRED,
}
BEHIND = 10.0  # seconds for a renewal nobody waits for


class JumpingClock:
    """The machine's clock, after somebody has changed it."""

    offset = 0.0

    def now(self) -> float:
        return time.time() + self.offset

    def monotonic(self) -> float:
        return time.monotonic()


def work(job: dict, words: Words) -> None:
    """Do what *job* says."""
    threading.Thread(target=_end_with_parent, args=(words,), daemon=True).start()
    asyncio.run(Scene(job, words).act())


def _end_with_parent(words: Words) -> None:
    for word in words.heard():
        if "jump" in word:
            Scene.clock.offset = word["jump"]
    os._exit(3)


class Scene:
    """A session at the provider under test, with its real store."""

    clock = JumpingClock()

    def __init__(self, job: dict, words: Words) -> None:
        self.job = job
        self.words = words
        self.clock.offset = job.get("offset", 0.0)
        self.points = Points(words, job.get("armed", {}), job.get("phase", ""))
        watch_locks(self.points, job.get("lock_timeout"))
        self.store = opened(job["store"], self.points, job.get("sabotage"))
        self.session = self._session()
        self._settled = False

    async def act(self) -> None:
        """Do what the job is called."""
        acts: dict[str, Callable[[], Awaitable[None]]] = {
            "plant": self.plant,
            "renew": self.renew,
            "ask": self.ask,
            "logout": self.logout,
            "sign_in": self.sign_in,
            "check": self.check,
            "empty": self.empty,
        }
        await acts[self.job["act"]]()
        self.words.say(done=True, cpu=round(time.process_time(), 3))

    async def plant(self) -> None:
        """Be an application that signed in some time ago."""
        await self.store.save(KEY, tokens_of(self.job["tokens"]))

    async def renew(self) -> None:
        """Ask for a token until there is one, at most so often as the job says."""
        self.points.live = True
        self.store.refuses = self.job.get("refuses", 0)
        for _ in range(self.job.get("tries", 1)):
            if await self._token_told():
                await self._renewed_behind()
                return
            await asyncio.sleep(PAUSE)

    async def ask(self) -> None:
        """Ask for a token once, without looking before."""
        self.points.live = True
        began = time.monotonic()
        try:
            token = await self.session.get_access_token()
        except AuthenticationError as exc:
            self.words.say(failed=type(exc).__name__, text=str(exc))
        else:
            self.words.say(token=token)
        self.words.say(waited=time.monotonic() - began)

    async def logout(self) -> None:
        """Sign out."""
        await self.session.initialize()
        self.points.live = True
        await self.session.logout()

    async def sign_in(self) -> None:
        """Save the tokens of a new sign-in."""
        self.points.live = True
        await self.session.save_tokens(tokens_of(self.job["tokens"]))

    async def check(self) -> None:
        """Start afresh, use the session, renew it, use it again."""
        stored = await self.store.load(KEY)
        self.words.say(stored=digest(stored.refresh_token) if stored else "nothing")
        self.points.live = True
        if await self._token_told():
            try:
                again = await self.session.refresh()
            except AuthenticationError as exc:
                self.words.say(failed=type(exc).__name__, text=str(exc), then="refresh")
            else:
                self.words.say(renewed=again.access_token)

    async def empty(self) -> None:
        """Sign out for good, and look what is left."""
        await self.session.initialize()
        await self.session.logout()
        self.words.say(left=await self.store.list_keys())

    async def _token_told(self) -> bool:
        try:
            if await self.session.initialize() is None:
                self.words.say(nothing=True)
                return False
            self.words.say(token=await self.session.get_access_token())
        except AuthenticationError as exc:
            self.words.say(failed=type(exc).__name__, text=str(exc))
            return False
        return True

    async def _renewed_behind(self) -> None:
        # An old token that is still good is answered at once; the renewal goes on behind it.
        old = self.job.get("old")
        end = time.monotonic() + BEHIND
        while old is not None and time.monotonic() < end:
            tokens = self.session.tokens
            changed = tokens is not None and digest(tokens.access_token) != old
            if changed and "reply.read" not in self.points.passed:
                return  # another process has renewed it
            if self._settled:
                return
            await asyncio.sleep(0.01)

    def _session(self) -> SessionManager:
        provider = WatchedProvider(
            "rp-client", issuer_url=self.job["issuer"], scopes=SCOPES, clock=self.clock
        )
        provider.points = self.points
        provider.patience = self.job.get("patience", 30.0)
        return SessionManager(provider, self.store, KEY, on_event=self._on_event, clock=self.clock)

    def _on_event(self, event: SessionEvent) -> None:
        self.words.say(event=str(event.name), reason=event.reason)
        self._settled = self._settled or event.name in SETTLED


def tokens_of(members: dict) -> OAuthTokenSet:
    """Make tokens of what `members_of` gave."""
    origin = members["origin"]
    tokens = OAuthTokenSet(**{**members, "origin": None})
    return replace(tokens, origin=TokenOrigin(*origin) if origin else None)


def members_of(tokens: OAuthTokenSet, *, issued_at: float) -> dict[str, object]:
    """Give what JSON can carry of *tokens*, as if they were issued at that instant."""
    origin = tokens.origin
    return {
        "access_token": tokens.access_token,
        "refresh_token": tokens.refresh_token,
        "id_token": tokens.id_token,
        "scope": tokens.scope,
        "expires_in": tokens.expires_in,
        "issued_at": issued_at,
        "origin": [origin.issuer, origin.client_id, origin.subject] if origin else None,
    }
