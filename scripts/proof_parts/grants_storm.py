"""``scripts/storm --grants``: everybody asks a token manager at once; one request is made."""

import argparse
import json
import random
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from tempfile import TemporaryDirectory

from chaos_provider import LENIENT, STRICT, ChaosProvider, Commit, signed_in
from chaos_worker import members_of
from grants_plan import HARMS, STORES, Storm, planned
from grants_tally import PATIENCE, Seen, Tally
from hooks import digest
from nursery import Child, Nursery, Word, nursery

from pywry_auth.testing import Reply
from tests import keyring_env


ENDED = 3601.0  # seconds; an access token lives for an hour
JUMP = 864_000.0  # seconds
LIMIT = 90.0  # seconds for one storm, on a busy machine
SOON = 10.0  # seconds in which somebody asks the provider
STALL = 2.0  # seconds; the token endpoint takes that long
AWAY = 0.4  # seconds
AGAIN = 100_000  # added to the number of a storm for whoever asks afterwards
LAST = 10_000  # number of the first session that is forgotten
#: what those are told who ask for what is forgotten
OVER = ("TokenExpiredError", "ReauthRequiredError")


@dataclass
class Session:
    """One sign-in."""

    name: str
    mode: str
    first: str = field(repr=False)  # refresh token
    newest: str = field(repr=False)  # access token
    older: str = field(default="", repr=False)
    ahead: float = 0.0  # seconds the clocks of its managers are ahead


class Weather:
    """The members, the provider, and what they have gone through."""

    def __init__(
        self, provider: ChaosProvider, workers: Nursery, folder: str, args: argparse.Namespace
    ) -> None:
        self._provider = provider
        self._workers = workers
        self._folder = folder
        self._looks = self._broke = 0
        names = {f"{store}-{mode}": (store, mode) for store in STORES for mode in (STRICT, LENIENT)}
        self._job = {
            "sabotage": args.sabotage,
            "issuers": {name: provider.issuer(mode) for name, (_, mode) in names.items()},
            "sessions": {
                name: {
                    "kind": store,
                    "folder": f"{folder}/{name}",
                    "service": f"pywry-auth:{name}",
                    "real": True,
                }
                for name, (store, _) in names.items()
            },
        }
        self._members = [self._member() for _ in range(args.processes)]
        self._sessions = {name: self._signed_in(name, mode) for name, (_, mode) in names.items()}
        self._wrongs = dict.fromkeys((STRICT, LENIENT), 0)  # how many were looked at
        self.tally = Tally()

    def storm(self, storm: Storm) -> None:
        """Let *storm* happen, and count."""
        session = self._sessions[storm.session]
        if storm.want == "older" and not session.older:
            storm = replace(storm, want="header")
        dice = random.Random(storm.number)  # noqa: S311 - nothing here is secret
        alone = storm.harm == "unsaved"  # nobody else may ask while nothing is kept
        members = self._members[:1] if alone else list(self._members)
        before, self._broke = len(self._rotations(session)), self._unkept()
        self._turn_clock(session, storm)
        answers = self._asked(storm, session, members, dice)
        if alone:  # once more, when it is kept; then everybody
            for more, whom in ((AGAIN, members), (2 * AGAIN, self._members)):
                again = replace(storm, number=storm.number + more, harm="")
                answers += self._asked(again, session, whom, dice)
        seen = self._seen(session, before)
        seen.add(answers)
        self._replace_dead()
        if self.tally.note(storm, seen):
            self._sessions[session.name] = self._signed_in(
                session.name, session.mode, session.ahead
            )
        elif seen.stored != session.newest:
            session.older, session.newest = session.newest, seen.stored

    def forget(self, number: int, session: Session) -> None:
        """Let somebody clear *session* while others renew it, and see that it stays forgotten."""
        storm = Storm(number, session.name, "header", "cleared here" if number % 2 else "cleared")
        before, self._broke = len(self._rotations(session)), self._unkept()
        self._turn_clock(session, storm)
        *members, other = self._members
        ask = self._ask(storm, session, random.Random(number))  # noqa: S311
        self._provider.behave(session.mode, delays={"refresh": AWAY})
        heard = {child.name: len(child.said) for child in members}
        for member in members:
            member.tell(ask=ask)
        _whoever_sends(members, heard)
        time.sleep(0.1)  # it has arrived; whoever asks later need not wait
        self._provider.behave(session.mode)
        if storm.harm == "cleared":
            other.tell(clear={"session": session.name})
            other.wait_for(lambda word: word.get("cleared") == session.name, LIMIT)
        answers = [found for child in members if (found := _answer(child, number))]
        seen = self._seen(session, before)
        seen.add(answers)
        strange = [error for error in seen.errors if not error.startswith(OVER)]
        problems = [f"errors {strange}"] if strange else []
        problems += [f"crashed {seen.crashed}"] if seen.crashed else []
        problems += ["what was cleared came back"] if seen.stored else []
        problems += [f"{seen.requests} requests"] if seen.requests > 1 else []
        self.tally.tell(f"{number:5} {storm}", seen, problems)

    def finish(self) -> None:
        """Forget every session that was used, one after the other; not after failures."""
        used = [session for session in self._sessions.values() if session.older]
        for number, session in enumerate([] if self.tally.failures else used, LAST):
            self.forget(number, session)

    def _asked(
        self, storm: Storm, session: Session, members: list[Child], dice: random.Random
    ) -> list[Word]:
        heard = {child.name: len(child.said) for child in members}
        delays = {"stall": STALL, "interrupt": AWAY, "others": AWAY}
        self._provider.behave(
            session.mode,
            delays={"refresh": delays[storm.harm]} if storm.harm in delays else {},
            replies={"refresh": Reply(503)} if storm.harm == "unavailable" else {},
        )
        ask = self._ask(storm, session, dice)
        for member in members:
            member.tell(ask=ask)
        self._harm(storm, members, heard, dice)
        answers = [found for child in members if (found := _answer(child, storm.number))]
        self._provider.behave(session.mode)
        return answers

    def _seen(self, session: Session, before: int) -> Seen:
        self._looks += 1
        looker = next(child for child in self._members if not child.ended)
        looker.tell(look={"session": session.name, "number": self._looks})
        found = looker.wait_for(lambda word: word.get("look") == self._looks, LIMIT)
        rotations = self._rotations(session)
        newest = rotations[-1].successor if rotations else session.first
        wrongs = self._provider.violations(session.mode)
        fresh, self._wrongs[session.mode] = wrongs[self._wrongs[session.mode] :], len(wrongs)
        ended = [child for child in self._members if child.ended]
        return Seen(
            requests=len(rotations) - before,
            wrongs=fresh,
            stored=found["access"],
            is_newest=found["refresh"] == digest(newest),
            killed=any(child.has_said("hit") for child in ended),
            unkept=self._unkept() - self._broke,
            crashed=[str(child.last("crashed")) for child in ended if child.has_said("crashed")],
        )

    def _unkept(self) -> int:
        said = [word for child in self._members for word in list(child.said)]
        return sum(word.get("at") == "store.failed" for word in said)

    def _rotations(self, session: Session) -> list[Commit]:
        return self._provider.rotations(session.first, before=time.monotonic())

    def _member(self) -> Child:
        return self._workers.start("grants", "member", **self._job)

    def _replace_dead(self) -> None:
        for index, child in enumerate(self._members):
            if child.ended:
                self._workers.bury(child)
                self._members[index] = self._member()

    def _signed_in(self, name: str, mode: str, ahead: float = 0.0) -> Session:
        tokens = signed_in(self._provider, mode)
        planted = {**members_of(tokens, issued_at=time.time() + ahead), "origin": None}
        self._looks += 1
        member = self._members[0]
        member.tell(plant={"session": name, "tokens": planted, "number": self._looks})
        member.wait_for(lambda word: word.get("planted") == self._looks)
        first = tokens.refresh_token or ""
        return Session(name, mode, first, newest=tokens.access_token, ahead=ahead)

    def _harm(
        self, storm: Storm, members: list[Child], heard: dict[str, int], dice: random.Random
    ) -> None:
        some = dice.sample(members, max(1, len(members) // 3))
        asking = ("others", "interrupt") if storm.want != "older" else ()
        sender = _whoever_sends(members, heard) if storm.harm in asking else None
        match storm.harm:
            case "others":
                for child in some:
                    if child is not sender:
                        child.kill()
            case "stop":
                _stop(some, 0.1 + dice.random() * 0.3)
            case "interrupt" if sender is not None:
                time.sleep(0.05)  # by now its main thread waits as well
                sender.signal(signal.SIGINT)
            case "unavailable":
                time.sleep(AWAY)
                self._provider.behave(storm.mode)
            case _:
                pass

    def _turn_clock(self, session: Session, storm: Storm) -> None:
        if storm.want in {"rejected", "older"} and not storm.harm.startswith("clock"):
            return  # the token is good by its time
        # Never back into the life of a token that somebody may still hold.
        jumps = {"clock back": -JUMP, "clock forward": JUMP + ENDED}
        session.ahead += jumps.get(storm.harm, ENDED)

    def _ask(self, storm: Storm, session: Session, dice: random.Random) -> dict[str, object]:
        few = storm.harm in {"stall", "unsaved"}
        rejected = session.older if storm.want == "older" else session.newest
        return {
            "number": storm.number,
            "session": session.name,
            "want": storm.want,
            "rejected": f"Bearer {rejected}",
            "offset": session.ahead,
            "at": time.monotonic() + 0.05,
            "threads": 8 if few else dice.choice((2, 8)),
            "managers": 1 if few or storm.number > AGAIN else dice.choice((1, 1, 3)),
            "patience": PATIENCE if storm.harm == "stall" else LIMIT,
            "may_wait": storm.harm in {"stall", "unavailable"},
            "refuses": 1 if storm.harm == "unsaved" else 0,
            "flag": f"{self._folder}/killed-{storm.number}",
            "clears": storm.harm == "cleared here",
            "armed": {storm.point: "kill"} if storm.point else {},
        }


def _whoever_sends(members: list[Child], heard: dict[str, int]) -> Child | None:
    end = time.monotonic() + SOON
    while time.monotonic() < end:
        for child in members:
            if any(word.get("at") == "send.before" for word in child.said[heard[child.name] :]):
                return child
        time.sleep(0.002)
    return None


def _stop(children: list[Child], seconds: float) -> None:
    for child in children:
        child.signal(signal.SIGSTOP)
    time.sleep(seconds)
    for child in children:
        child.signal(signal.SIGCONT)


def _answer(child: Child, number: int) -> Word | None:
    try:
        return child.wait_for(lambda word: word.get("storm") == number, LIMIT)
    except TimeoutError:
        if child.ended:
            return None
        raise


@contextmanager
def _weather(args: argparse.Namespace) -> Iterator[Weather]:
    with ExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory(prefix="storm-"))
        env = stack.enter_context(keyring_env.private_keyring())
        provider = stack.enter_context(ChaosProvider())
        workers = stack.enter_context(nursery(env))
        yield Weather(provider, workers, folder, args)


def run(args: argparse.Namespace) -> int:
    """Let the storms of *args* happen, and tell what they showed."""
    began = time.monotonic()
    with _weather(args) as weather:
        for storm in planned(args.rounds, args.seed, tuple(args.harm or HARMS)):
            weather.storm(storm)
        weather.finish()
        tally = weather.tally
    if args.json:
        print(json.dumps(tally.as_json(), indent=2))
    else:
        print(tally.as_text(args.rounds, time.monotonic() - began))
    return 1 if tally.failures else 0
