"""One run: a session is planted, something happens to it, a fresh process takes it up."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx
from chaos_plan import LOGOUT, POINTS, SIGN_IN, STOPPED, Run
from chaos_provider import LIFE, ChaosProvider, signed_in
from chaos_worker import members_of
from hooks import digest
from nursery import Child, Nursery

from pywry_auth.testing import Reply
from pywry_auth.tokens import OAuthTokenSet


ACT_LIMIT = 60.0  # seconds for one act of one process, on a busy machine
SHORT_LOCK = 2.0  # seconds after which a waiter gives up, where the holder is stopped
ANSWER_LIMIT = 30.0  # seconds in which everybody must have a token, or a typed error


@dataclass
class Account:
    """What happened in one run."""

    run: Run
    tokens: OAuthTokenSet
    children: list[Child] = field(default_factory=list)
    hits: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    checked: Child | None = None
    place: str = ""  # which store, with which keyring
    planted: bool = False
    broken: str = ""
    newer: OAuthTokenSet | None = None  # of a sign-in that came later
    ended_at: float = math.inf
    userinfo: dict[str, int] = field(default_factory=dict)
    longest: float = 0.0

    def timeline(self) -> str:
        """Give what was said, in order, with seconds since the first word; no secrets."""
        words = [(w["t"], c.name, w) for c in self.children for w in c.said]
        words.sort(key=lambda one: one[0])
        start = words[0][0] if words else 0.0
        return "\n".join(f"  {t - start:8.4f} {name:14} {_told(w)}" for t, name, w in words)


def _told(word: dict) -> str:
    shown = {name: value for name, value in word.items() if name != "t"}
    for name in ("token", "renewed"):
        if name in shown:
            shown[name] = "..."
    return ", ".join(f"{name}={value}" for name, value in shown.items())


def _place_of(spec: dict) -> str:
    """Strictly private: name a store, and say where its keyring is none of the desktop."""
    stands_in = spec["kind"] in {"keyring", "parts", "sealed"} and not spec["real"]
    return f"{spec['kind']}, keyring in a folder" if stands_in else str(spec["kind"])


class Stage:
    """Where runs happen."""

    def __init__(
        self,
        provider: ChaosProvider,
        nursery: Nursery,
        spec_of: Callable[[Run], dict],
        sabotage: str | None,
    ) -> None:
        self.provider = provider
        self._nursery = nursery
        self._spec_of = spec_of
        self._sabotage = sabotage

    def play(self, run: Run) -> Account:
        """Play *run* to its end."""
        tokens = signed_in(self.provider, run.mode)
        account = Account(run, tokens)
        self._spec = self._spec_of(run)
        account.place = _place_of(self._spec)
        if run.what not in SIGN_IN or "drop" in run.what or run.choice.random() < 0.5:  # noqa: PLR2004
            self._plant(account)
        try:
            self._disturb(account)
            self._calm(run)
            self._check(account)
        except (TimeoutError, RuntimeError) as exc:
            account.broken = str(exc)
        finally:
            self._calm(run)
            for child in account.children:
                self._nursery.bury(child)
        return account

    def _calm(self, run: Run) -> None:
        self.provider.at_commit(None)
        self.provider.behave(run.mode)

    def _plant(self, account: Account) -> None:
        account.planted = True
        began = time.time() + account.run.left - LIFE
        planted = members_of(account.tokens, issued_at=began)
        self._end(self._start(account, "plant", tokens=planted))

    def _disturb(self, account: Account) -> None:
        what = account.run.what
        if what == "server.rotated":
            self._killed_by_server(account)
        elif what in POINTS:
            self._killed(account)
        elif what == STOPPED:
            self._stopped(account)
        else:
            self._troubled(account)

    def _killed_by_server(self, account: Account) -> None:
        victim = self._start(account, "renew", old=self._old(account))

        def kill(reply: Reply) -> Reply:
            account.hits.append("server.rotated")
            victim.kill()
            return reply

        self.provider.at_commit(kill)
        self._with_company(account, victim)

    def _killed(self, account: Account) -> None:
        what = account.run.what
        act, phase = "renew", ""
        extra: dict[str, object] = {"old": self._old(account)}
        if what in LOGOUT:
            act, phase = "logout", "logout."
        elif what in SIGN_IN:
            act, phase = "sign_in", "sign_in."
            fresh = signed_in(self.provider, account.run.mode)
            extra = {"tokens": members_of(fresh, issued_at=time.time())}
        victim = self._start(account, act, phase=phase, armed={what: "kill"}, **extra)
        self._with_company(account, victim)
        account.hits += [str(word["hit"]) for word in victim.said if "hit" in word]

    def _with_company(self, account: Account, victim: Child) -> None:
        mate = None
        if account.run.company:
            # Not before the victim has its turn, or it might find the work done.
            self._wait(victim, lambda word: str(word.get("at", "")).endswith("lock.held"))
            mate = self._start(account, "renew", name="company", tries=3)
        self._end(victim)
        if mate is not None:
            self._end(mate)

    def _stopped(self, account: Account) -> None:
        import signal

        dice = account.run.choice
        point = dice.choice(["lock.held", "reply.read", "store.before", "store.after"])
        timeout = None if dice.random() < 0.2 else SHORT_LOCK  # noqa: PLR2004
        holder = self._start(account, "renew", armed={point: "stop"})
        self._wait(holder, lambda word: "hit" in word)
        account.hits.append(STOPPED)
        mates = [self._start(account, "ask", name="waiter", lock_timeout=timeout) for _ in range(2)]
        for mate in mates:
            self._end(mate)
            account.longest = max(account.longest, float(mate.last("waited").get("waited", 0.0)))
        holder.signal(signal.SIGCONT)
        self._end(holder)

    def _troubled(self, account: Account) -> None:
        from chaos_troubles import TROUBLE

        TROUBLE[account.run.what](self, account)

    def _check(self, account: Account) -> None:
        account.ended_at = time.monotonic()
        account.checked = check = self._start(account, "check")
        self._end(check)
        for name in ("token", "renewed"):
            if check.last(name):
                account.userinfo[name] = self.accepted(account, str(check.last(name)[name]))
        if account.run.what in LOGOUT:
            self._end(self._start(account, "empty"))

    def accepted(self, account: Account, token: str) -> int:
        """Give the status with which userinfo answers *token*."""
        url = f"{self.provider.issuer(account.run.mode)}/userinfo"
        header = {"Authorization": f"Bearer {token}"}
        return httpx.get(url, headers=header, trust_env=False, timeout=20).status_code

    def start(self, account: Account, act: str, **job: object) -> Child:
        """Start a process that does *act* with the session of this run."""
        return self._start(account, act, **job)

    def end(self, child: Child) -> None:
        """Wait until *child* has ended."""
        self._end(child)

    def _start(self, account: Account, act: str, **job: object) -> Child:
        name = str(job.pop("name", act))
        child = self._nursery.start(
            "chaos",
            name,
            act=act,
            store=self._spec,
            issuer=self.provider.issuer(account.run.mode),
            sabotage=self._sabotage,
            # Only where a renewal may go on behind an answer does it matter how a program ends.
            exits=act == "renew" and (account.run.left > 0 or account.run.what == "store refuses"),
            **job,
        )
        account.children.append(child)
        return child

    def _old(self, account: Account) -> str | None:
        return digest(account.tokens.access_token) if account.run.left > 0 else None

    def _wait(self, child: Child, wanted: Callable[[dict], bool]) -> None:
        try:
            child.wait_for(wanted, ACT_LIMIT)
        except TimeoutError:
            if not child.ended:
                raise

    def _end(self, child: Child) -> None:
        if not child.wait_end(ACT_LIMIT):
            child.kill()
            raise TimeoutError(
                f"{child.name} has not ended within {ACT_LIMIT:g} s: {child.said[-3:]}"
            )
