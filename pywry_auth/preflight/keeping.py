"""Whether the place for the tokens takes something, gives it back, forgets it."""

import asyncio
import os
import secrets
from contextlib import suppress
from time import monotonic

from pywry_auth.coach.advise import advise
from pywry_auth.errors import ConfigError, StoreError
from pywry_auth.off_loop import off_loop
from pywry_auth.preflight.subject import Subject
from pywry_auth.preflight.values import Depth, Finding, Outcome
from pywry_auth.runtime import LOOP
from pywry_auth.token_store.base import TokenStore
from pywry_auth.token_store.slot import TokenSlot
from pywry_auth.tokens import OAuthTokenSet


CHECK = "store"
PREFIX = "pywry-auth-preflight-"  # of the key; no account has such a name

#: seconds; whoever waits longer for a keyring is being asked for its password, or it hangs
PATIENCE = {Depth.QUICK: 1.2, Depth.FULL: 12.0, Depth.DEEP: 12.0}
SLOW = 1.0  # seconds; a healthy keyring needs a twentieth

#: probes that go on when nobody waits for them any more, so that they delete what they wrote
_Probes = set[asyncio.Task[None]]


class StoreCheck:
    """Writes a probe, reads it, deletes it; the last also when nobody waits any more."""

    def __init__(self) -> None:
        self._probes: _Probes = set()

    async def look(self, subject: Subject) -> list[Finding]:
        """Try the store."""
        texts, store = subject.texts, subject.store
        if store is None:
            words = texts("There is nothing to keep a sign-in in, so it ends with this program.")
            return [Finding(CHECK, Outcome.SKIPPED, words)]
        facts = {"store": type(store).__name__}
        began = monotonic()
        probe = asyncio.create_task(_probe(store))
        self._probes.add(probe)
        probe.add_done_callback(self._ended)
        done, _ = await asyncio.wait({probe}, timeout=PATIENCE[subject.depth])
        if not done:
            return [_unanswered(subject, facts)]
        error = probe.exception()
        if isinstance(error, StoreError):
            advice = advise(error, texts=texts)
            fix = advice.fix or error.hint or error.message
            return [Finding(CHECK, Outcome.FAILED, advice.sentence, fix, facts=facts)]
        if error is not None:
            raise error
        return [_took(subject, monotonic() - began, facts)]

    def _ended(self, probe: asyncio.Task[None]) -> None:
        self._probes.discard(probe)
        if not probe.cancelled():
            probe.exception()  # nobody may be there to look at it


def _unanswered(subject: Subject, facts: dict[str, str]) -> Finding:
    # In a hurry nobody waits for a person who may be typing the keyring's password just now.
    outcome = Outcome.WARNING if subject.depth is Depth.QUICK else Outcome.FAILED
    return Finding(
        CHECK,
        outcome,
        subject.texts(
            "The place for passwords does not answer. Look for a window that asks for its password."
        ),
        "the store took longer than a probe may: unlock the keyring, or restart its service",
        facts=dict(facts),
    )


def _took(subject: Subject, seconds: float, facts: dict[str, str]) -> Finding:
    texts = subject.texts
    if seconds > SLOW:
        return Finding(
            CHECK,
            Outcome.WARNING,
            texts("Sign-ins can be kept, but the place for passwords is slow."),
            f"writing, reading and deleting took {seconds:.1f} s; a healthy keyring takes 0.1 s",
            facts=dict(facts),
        )
    return Finding(CHECK, Outcome.OK, texts("Sign-ins can be kept safely."), facts=dict(facts))


async def _probe(store: TokenStore) -> None:
    key = f"{PREFIX}{os.getpid()}-{secrets.token_hex(4)}"
    tokens = OAuthTokenSet(access_token=secrets.token_urlsafe(12))
    try:
        slot = store.slot(key)
    except ConfigError:  # a store that can only be awaited
        await _probe_awaited(store, key, tokens)
        return
    # On one thread from the first to the last step, which nothing that is cancelled here ends.
    await off_loop(lambda: _probe_slot(slot, tokens))


def _probe_slot(slot: TokenSlot, tokens: OAuthTokenSet) -> None:
    with LOOP.unbroken():  # a program that ends now would leave the probe behind
        try:
            slot.save(tokens)
            found = slot.load()
        except BaseException:
            with suppress(StoreError):
                slot.clear()
            raise
        slot.clear()
    _require_same(found, tokens)


async def _probe_awaited(store: TokenStore, key: str, tokens: OAuthTokenSet) -> None:
    try:
        await store.save(key, tokens)
        found = await store.load(key)
    finally:
        await store.delete(key)
    _require_same(found, tokens)


def _require_same(found: OAuthTokenSet | None, tokens: OAuthTokenSet) -> None:
    if found is None or found.access_token != tokens.access_token:
        raise StoreError(
            "the store did not give back what was written",
            hint="look whether another program empties it, or choose another store",
        )
