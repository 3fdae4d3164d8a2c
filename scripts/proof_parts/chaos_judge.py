"""What became of the session of one run."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from chaos_plan import LOGOUT, POINTS, SIGN_IN, STOPPED
from chaos_provider import LENIENT, STRICT, ChaosProvider, Commit
from chaos_run import ANSWER_LIMIT, Account
from hooks import digest
from nursery import Child


CLEAN = {"ReauthRequiredError", "TokenExpiredError"}
WAITER = {None, "RefreshTransportError"}
STARTING = 5.0  # seconds a busy machine needs to start a process
OK = 200


class Verdict(StrEnum):
    """What a run proved."""

    KEPT = "kept"
    RESCUED = "kept, by the provider's leeway"
    KILLED = "window: killed between rotation and record"
    ANSWER_LOST = "window: the answer was lost on the wire"
    SIGNED_OUT = "signed out, as was asked"
    NEVER_SAVED = "sign-in killed before it was saved"
    LOST = "LOST"
    WRONG = "WRONG"

    @property
    def is_failure(self) -> bool:
        """Whether the proof fails."""
        return self in {Verdict.LOST, Verdict.WRONG}


@dataclass(frozen=True)
class Finding:
    """A verdict with its reason."""

    verdict: Verdict
    why: str = ""


def judged(account: Account, provider: ChaosProvider) -> Finding:
    """Say what became of the session."""
    wrong = account.broken or next(_wrong(account, provider), "")
    if wrong:
        return Finding(Verdict.WRONG, wrong)
    forgotten = any(_forgotten(account, provider))
    if account.userinfo == {"token": OK, "renewed": OK}:
        used = [commit.used for commit in _commits(account, provider)]
        again = forgotten or len(set(used)) < len(used)  # a spent one was taken once more
        rescued = again and account.run.mode == LENIENT
        return Finding(Verdict.RESCUED if rescued else Verdict.KEPT)
    ended = _excused(account, forgotten=forgotten) if _is_clean(account.checked) else None
    if ended is not None:
        return Finding(ended)
    return Finding(Verdict.LOST, f"{_outcome(account.checked)}, userinfo {account.userinfo}")


def _excused(account: Account, *, forgotten: bool) -> Verdict | None:
    """Strictly private: say why a session may be over; None where it may not."""
    what = account.run.what
    if what in LOGOUT or what == "sign-out meanwhile":
        return Verdict.SIGNED_OUT
    if what in SIGN_IN and not account.planted and not _was_saved(account):
        return Verdict.NEVER_SAVED
    if not forgotten or account.run.mode != STRICT:
        return None
    if "answer lost" in account.troubles:
        return Verdict.ANSWER_LOST
    return Verdict.KILLED if _was_killed(account) else None


def windows_ms(account: Account, provider: ChaosProvider) -> Iterator[float]:
    """Give how long each new refresh token was known to the provider alone, in milliseconds."""
    for commit in _commits(account, provider):
        kept = _kept_at(account, commit.successor)
        if kept is not None:
            yield 1000 * (kept - commit.at)


def _commits(account: Account, provider: ChaosProvider) -> list[Commit]:
    """Strictly private: the rotations before the fresh process began, in this very session."""
    planted = account.tokens.refresh_token or ""
    return provider.rotations(planted, before=account.ended_at)


def _forgotten(account: Account, provider: ChaosProvider) -> Iterator[Commit]:
    for commit in _commits(account, provider):
        if _kept_at(account, commit.successor) is None:
            yield commit


def _kept_at(account: Account, refresh_token: str) -> float | None:
    name = digest(refresh_token)
    times = [
        float(word["t"])
        for child in account.children
        for word in child.said
        if word.get("durable") == name and word["t"] < account.ended_at
    ]
    return min(times, default=None)


def _was_saved(account: Account) -> bool:
    return any(
        child.has_said("durable") for child in account.children if child is not account.checked
    )


def _was_killed(account: Account) -> bool:
    return account.run.what in POINTS or "killed" in account.troubles


def _is_clean(child: Child) -> bool:
    failed = child.last("failed").get("failed")
    return child.has_said("nothing") or failed in CLEAN


def _outcome(child: Child) -> str:
    failed = child.last("failed")
    if failed:
        return f"{failed['failed']}: {failed['text']}"
    return "nothing stored" if child.has_said("nothing") else json.dumps(child.said[-1:])[:200]


def _wrong(account: Account, provider: ChaosProvider) -> Iterator[str]:
    """Strictly private: tell what should not happen in any run, whatever became of the session."""
    what = account.run.what
    if (what in POINTS or what == STOPPED) and what not in account.hits:
        yield "the point was never reached"
    if what == "sign-out meanwhile" and (account.userinfo or _is_alive(account, provider)):
        yield "still signed in after signing out"
    stored = account.checked.last("stored").get("stored")
    if account.newer is not None and stored != digest(account.newer.refresh_token):
        yield "the newer sign-in was not kept"
    if account.longest > ANSWER_LIMIT + STARTING:
        yield f"somebody waited {account.longest:.1f} s"
    for child in account.children:
        yield from _wrong_with(child)


def _is_alive(account: Account, provider: ChaosProvider) -> bool:
    """Strictly private: say whether the newest refresh token of the session is still good."""
    commits = provider.rotations(account.tokens.refresh_token or "", before=account.ended_at)
    newest = commits[-1].successor if commits else account.tokens.refresh_token
    return provider.takes(account.run.mode, newest or "")


def _wrong_with(child: Child) -> Iterator[str]:
    if child.has_said("crashed"):
        yield f"{child.name} crashed: {child.last('crashed')['crashed']}"
    failed = child.last("failed").get("failed")
    if child.name.startswith("waiter") and failed not in WAITER:
        yield f"a waiter met {failed}"
    if child.last("left").get("left"):
        yield f"after signing out, the store still holds {child.last('left')['left']}"
