"""A process with a session that asks for a token when it is told to, with many tasks or threads."""

import asyncio
import os
import random
import threading
import time
from dataclasses import dataclass, field

from chaos_worker import JumpingClock, tokens_of
from hooks import KEY, Points, WatchedProvider, digest, watch_locks
from stores import opened
from words import Words

from pywry_auth.errors import AuthenticationError
from pywry_auth.session import SessionManager


SCOPES = ["openid", "profile", "offline_access"]
LONGEST = 60.0  # seconds in which everybody must have the new token
PAUSE = 0.02  # seconds between looks of one that was answered with the old token


@dataclass
class Answers:
    """What the askers of one storm got."""

    tokens: dict[str, int] = field(default_factory=dict)
    errors: dict[str, int] = field(default_factory=dict)
    left: int = 0  # askers that were cancelled
    worst: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def gave(self, token: str, seconds: float) -> None:
        with self.lock:
            name = digest(token)
            self.tokens[name] = self.tokens.get(name, 0) + 1
            self.worst = max(self.worst, seconds)

    def failed(self, error: str) -> None:
        with self.lock:
            self.errors[error] = self.errors.get(error, 0) + 1

    def cancelled(self) -> None:
        with self.lock:
            self.left += 1


def work(job: dict, words: Words) -> None:
    """Serve until nobody tells us anything any more."""
    member = Member(job, words)
    for word in words.heard():
        ask = word.get("ask")
        if ask is not None:
            member.storm(ask)
        plant = word.get("plant")
        if plant is not None:
            member.plant(plant)
    os._exit(0)


class Member:
    """One process of the application."""

    def __init__(self, job: dict, words: Words) -> None:
        self._job = job
        self._words = words
        self._points = Points(words, {})
        self._points.live = True
        watch_locks(self._points, None, sabotage=job["sabotage"])
        self._stores = {name: opened(spec, self._points) for name, spec in job["stores"].items()}
        # A storm is about one session: the clocks of the others stay where they are.
        self._clocks = {name: JumpingClock() for name in self._stores}
        self._sessions: dict[str, list[SessionManager]] = {}

    def plant(self, plant: dict) -> None:
        """Put the tokens of a sign-in into a store."""
        store = self._stores[plant["store"]]
        asyncio.run(store.save(KEY, tokens_of(plant["tokens"])))
        self._words.say(planted=plant["store"])

    def storm(self, ask: dict) -> None:
        """Let everybody ask at once, and tell what they got."""
        self._clocks[ask["store"]].offset = ask["offset"]
        self._points.arm(ask.get("armed", {}))
        answers = Answers()
        time.sleep(max(0.0, ask["at"] - time.monotonic()))
        if ask["threads"]:
            self._threads(ask, answers)
        else:
            asyncio.run(self._tasks(ask, answers, self._sessions_for(ask)))
        self._words.say(
            storm=ask["number"],
            tokens=answers.tokens,
            errors=answers.errors,
            left=answers.left,
            worst=answers.worst,
        )

    def _threads(self, ask: dict, answers: Answers) -> None:
        sessions = self._sessions_for(ask)
        threads = [
            threading.Thread(
                target=lambda n=n: asyncio.run(
                    self._tasks(ask, answers, [sessions[n % len(sessions)]])
                )
            )
            for n in range(ask["threads"])
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    async def _tasks(self, ask: dict, answers: Answers, sessions: list[SessionManager]) -> None:
        tasks = [
            asyncio.create_task(self._ask(sessions[n % len(sessions)], ask["old"], answers))
            for n in range(ask["tasks"])
        ]
        dice = random.Random(ask["number"])  # noqa: S311 - nothing here is secret
        leaving = dice.sample(tasks, int(len(tasks) * ask["cancel"]))
        while leaving:  # in three groups, at several moments of the renewal
            await asyncio.sleep(dice.random() * 0.01)
            gone, leaving = leaving[: len(tasks) // 10 or 1], leaving[len(tasks) // 10 or 1 :]
            for task in gone:
                task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _ask(self, session: SessionManager, old: str, answers: Answers) -> None:
        began = time.monotonic()
        try:
            token = await session.get_access_token()
            # An old token that is still good may be answered while it is renewed behind.
            while digest(token) == old and time.monotonic() - began < LONGEST:
                await asyncio.sleep(PAUSE)
                token = await session.get_access_token()
        except AuthenticationError as exc:
            answers.failed(f"{type(exc).__name__}: {exc}")
        except asyncio.CancelledError:
            answers.cancelled()
            raise
        else:
            answers.gave(token, time.monotonic() - began)

    def _sessions_for(self, ask: dict) -> list[SessionManager]:
        count = ask["sessions"]
        made = self._sessions.setdefault(ask["store"], [])
        while len(made) < count:
            made.append(self._session(ask["store"]))
        return made[:count]

    def _session(self, store: str) -> SessionManager:
        clock = self._clocks[store]
        provider = WatchedProvider(
            "native", issuer_url=self._job["issuer"], scopes=SCOPES, clock=clock
        )
        provider.points = self._points
        return SessionManager(provider, self._stores[store], KEY, clock=clock)
