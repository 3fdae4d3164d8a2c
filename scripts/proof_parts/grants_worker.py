"""A process with token managers that asks for headers when it is told to, with many threads."""

import asyncio
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx
from chaos_worker import JumpingClock, tokens_of
from hooks import Points, digest, watch_locks
from stores import opened_slot
from words import Words

from pywry_auth.errors import (
    AuthenticationError,
    RefreshTransportError,
    StoreError,
    StoreUnavailableError,
)
from pywry_auth.grants.kinds.refresh_token import RefreshTokenAuth
from pywry_auth.grants.manager import TokenManager


LONGEST = 60.0  # seconds in which everybody must have the new token
PAUSE = 0.05  # seconds between tries of one that met no network
TASKS = 50  # of a loop
MIDDLE = 0.15  # seconds until the tokens are cleared, which is while they are renewed


class SoleVictim(Points):
    """Points at which one process of all is killed: whoever takes the flag first."""

    flag = ""
    _turn = threading.Lock()

    def at(self, point: str) -> None:
        """Pass *point*, or be killed there."""
        with self._turn:
            if point in self._armed:
                try:
                    os.close(os.open(self.flag, os.O_CREAT | os.O_EXCL))
                except FileExistsError:
                    self.arm({})
            super().at(point)


class WatchedTransport(httpx.HTTPTransport):
    """Connections whose requests are points."""

    def __init__(self, points: Points) -> None:
        super().__init__(trust_env=False)
        self._points = points

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._points.at("send.before")
        response = super().handle_request(request)
        self._points.at("reply.read")
        return response


@dataclass
class Answers:
    """What the askers of one storm got."""

    tokens: dict[str, int] = field(default_factory=dict)
    errors: dict[str, int] = field(default_factory=dict)
    patient: int = 0  # times that one was told to try again later
    gave_up: float = 0.0  # seconds until that was told, at most
    interrupted: int = 0
    worst: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def gave(self, header: str, seconds: float) -> None:
        with self.lock:
            name = digest(header.partition(" ")[2])
            self.tokens[name] = self.tokens.get(name, 0) + 1
            self.worst = max(self.worst, seconds)

    def failed(self, error: Exception) -> None:
        name = f"{type(error).__name__}: {error}"
        with self.lock:
            self.errors[name] = self.errors.get(name, 0) + 1

    def waits(self, seconds: float) -> None:
        with self.lock:
            self.patient += 1
            self.gave_up = max(self.gave_up, seconds)

    def as_word(self) -> dict[str, object]:
        names = ("tokens", "errors", "patient", "gave_up", "interrupted", "worst")
        return {name: self.__dict__[name] for name in names}


class Asker:
    """One who wants a header, and where it may, tries again."""

    def __init__(self, ask: dict, answers: Answers) -> None:
        self._may_wait = ask["may_wait"]
        self._answers = answers
        self._began = time.monotonic()
        self.is_waiting = True

    @contextmanager
    def trying(self) -> Iterator[None]:
        """Try once."""
        tried = time.monotonic()
        try:
            yield
        except (RefreshTransportError, StoreUnavailableError) as exc:
            now = time.monotonic()
            if self._may(exc) and now - self._began < LONGEST:
                self._answers.waits(now - tried)
            else:
                self._failed(exc)
        except (AuthenticationError, StoreError) as exc:
            self._failed(exc)

    def _may(self, error: Exception) -> bool:
        # The keyring of the desktop ends now and then when many knock at once, and comes back.
        return self._may_wait or isinstance(error, StoreUnavailableError)

    def got(self, header: str) -> None:
        """Be content."""
        self.is_waiting = False
        self._answers.gave(header, time.monotonic() - self._began)

    def _failed(self, error: Exception) -> None:
        self.is_waiting = False
        self._answers.failed(error)


def work(job: dict, words: Words) -> None:
    """Serve until nobody tells us anything any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    member = Member(job, words)
    acts: dict[str, Callable[[dict], None]] = {
        "ask": member.storm,
        "plant": member.plant,
        "look": member.look,
        "clear": member.clear,
    }
    for word in words.heard():
        for name, act in acts.items():
            if name in word:
                act(word[name])
    os._exit(0)


class Member:
    """One process of a program without a window."""

    def __init__(self, job: dict, words: Words) -> None:
        self._job = job
        self._words = words
        self._points = SoleVictim(words, {})
        self._points.live = True
        watch_locks(self._points, None, sabotage=job["sabotage"])
        self._slots = {
            name: opened_slot(one, self._points, job["sabotage"])
            for name, one in job["sessions"].items()
        }
        self._clocks = {name: JumpingClock() for name in self._slots}
        self._managers: dict[tuple[str, int], TokenManager] = {}
        self._http = httpx.Client(transport=WatchedTransport(self._points))

    def plant(self, plant: dict) -> None:
        """Put the tokens of a sign-in into a slot."""
        self._slots[plant["session"]].inner.save(tokens_of(plant["tokens"]))
        self._words.say(planted=plant["number"])

    def look(self, look: dict) -> None:
        """Tell what a slot holds."""
        tokens = self._slots[look["session"]].load()
        self._words.say(
            look=look["number"],
            access=tokens.access_token if tokens else "",
            refresh=digest(tokens.refresh_token) if tokens else "",
        )

    def clear(self, clear: dict) -> None:
        """Forget the tokens of a session, while others ask."""
        self._manager(clear["session"], 0).clear()
        self._words.say(cleared=clear["session"])

    def storm(self, ask: dict) -> None:
        """Let everybody ask at once, and tell what they got."""
        self._clocks[ask["session"]].offset = ask["offset"]
        self._slots[ask["session"]].refuses = ask["refuses"]
        self._points.flag = ask["flag"]
        self._points.arm(ask["armed"])
        answers = Answers()
        managers = [
            self._manager(ask["session"], n, ask["patience"]) for n in range(ask["managers"])
        ]
        time.sleep(max(0.0, ask["at"] - time.monotonic()))
        clearing = threading.Timer(MIDDLE, managers[0].clear)
        if ask["clears"]:  # while it is renewed
            clearing.start()
        act = self._awaited if ask["want"] == "awaited" else self._threads
        act(ask, answers, managers)
        if ask["clears"]:
            clearing.join()
        self._words.say(storm=ask["number"], **answers.as_word())

    def _threads(self, ask: dict, answers: Answers, managers: list[TokenManager]) -> None:
        threads = [
            threading.Thread(target=self._ask, args=(ask, answers, managers[n % len(managers)]))
            for n in range(ask["threads"] - 1)
        ]
        for thread in threads:
            thread.start()
        self._ask_interruptible(ask, answers, managers[0])
        for thread in threads:
            thread.join()

    def _ask_interruptible(self, ask: dict, answers: Answers, manager: TokenManager) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            self._ask(ask, answers, manager)
        except KeyboardInterrupt:
            answers.interrupted += 1
            self._ask(ask, answers, manager)
        finally:
            signal.signal(signal.SIGINT, signal.SIG_IGN)

    def _ask(self, ask: dict, answers: Answers, manager: TokenManager) -> None:
        asker = Asker(ask, answers)
        while asker.is_waiting:
            with asker.trying():
                asker.got(_wanted(manager, ask))
            time.sleep(PAUSE if asker.is_waiting else 0)

    def _awaited(self, ask: dict, answers: Answers, managers: list[TokenManager]) -> None:
        async def one(manager: TokenManager) -> None:
            asker = Asker(ask, answers)
            while asker.is_waiting:
                with asker.trying():
                    asker.got(await manager.aauthorization_header())
                await asyncio.sleep(PAUSE if asker.is_waiting else 0)

        async def everybody() -> None:
            await asyncio.gather(*[one(managers[n % len(managers)]) for n in range(TASKS)])

        asyncio.run(everybody())

    def _manager(self, session: str, number: int, patience: float = LONGEST) -> TokenManager:
        # One that is impatient begins anew: by a clock that was set back, what it held from a storm
        # long ago might still be good.
        found = self._managers.get((session, number)) if patience >= LONGEST else None
        if found is not None:
            return found
        made = TokenManager(
            # What is stored is used; this would be asked with when nothing is.
            RefreshTokenAuth("no-such-token", client_id="rp-client"),
            http=self._http,
            token_url=f"{self._job['issuers'][session]}/token",
            store=self._slots[session],
            wait_timeout=patience,
            clock=self._clocks[session],
        )
        if patience >= LONGEST:
            self._managers[session, number] = made
        return made


def _wanted(manager: TokenManager, ask: dict) -> str:
    if ask["want"] in {"rejected", "older"}:
        return manager.force_refresh(rejected=ask["rejected"])
    return manager.authorization_header()
