"""What can happen to a session whose process is not killed at a point."""

import time
from collections.abc import Callable, Mapping

from chaos_provider import signed_in
from chaos_run import Account, Stage
from chaos_worker import members_of

from pywry_auth.testing import Reply


DAY = 86_400.0
UNAVAILABLE = Reply(503, "down", "text/plain", headers={"Retry-After": "1"})
CUT = Reply(cut=True)
SLOW = Reply(503, "late", "text/plain", delay=1.5)
PATIENCE = 0.6  # seconds a client of a slow provider waits
TRIES = 12


def undisturbed(stage: Stage, account: Account) -> None:
    """Nothing happens."""
    stage.end(stage.start(account, "renew"))


def _for_a_while(reply: Reply) -> Callable[[Stage, Account], None]:
    def play(stage: Stage, account: Account) -> None:
        stage.provider.behave(account.run.mode, replies={"refresh": reply})
        victim = stage.start(account, "renew", tries=TRIES, patience=PATIENCE)
        _until_failed(victim)
        stage.provider.behave(account.run.mode)
        stage.end(victim)

    return play


def flapping(stage: Stage, account: Account) -> None:
    """The provider comes and goes."""
    victim = stage.start(account, "renew", tries=TRIES, patience=PATIENCE)
    dice = account.run.choice
    end = time.monotonic() + 2.0
    while not victim.ended and time.monotonic() < end:
        reply = dice.choice([UNAVAILABLE, CUT, None])
        replies = {} if reply is None else {"refresh": reply}
        stage.provider.behave(account.run.mode, replies=replies)
        victim.wait_end(dice.random() * 0.2)
    stage.provider.behave(account.run.mode)
    stage.end(victim)


def reply_lost(stage: Stage, account: Account) -> None:
    """The provider has rotated; its answer is lost on the way."""
    stage.provider.at_commit(lambda _reply: CUT)
    account.troubles.append("answer lost")
    stage.end(stage.start(account, "renew", tries=3))


def answer_late(stage: Stage, account: Account) -> None:
    """The provider has rotated; its answer comes after the client's patience."""
    stage.provider.at_commit(lambda reply: Reply(200, reply.body, delay=1.5))
    account.troubles.append("answer lost")
    stage.end(stage.start(account, "renew", tries=3, patience=PATIENCE))


def keys_away(stage: Stage, account: Account) -> None:
    """The provider has rotated; its signing keys cannot be had for a while."""
    stage.provider.behave(account.run.mode, replies={"jwks": UNAVAILABLE})
    stage.end(stage.start(account, "renew", tries=2))


def _jumped(offset: float) -> Callable[[Stage, Account], None]:
    def play(stage: Stage, account: Account) -> None:
        stage.end(stage.start(account, "renew", tries=2, offset=offset))

    return play


def clock_at_reply(stage: Stage, account: Account) -> None:
    """Somebody sets the clock while the answer is on its way."""
    offset = account.run.choice.choice([DAY, -DAY, 3 * 3600.0, -3 * 3600.0])
    victim = stage.start(account, "renew", tries=3)

    def jump(reply: Reply) -> Reply:
        victim.tell(jump=offset)
        return Reply(200, reply.body, delay=0.1)

    stage.provider.at_commit(jump)
    stage.end(victim)


def killed_anywhere(stage: Stage, account: Account) -> None:
    """The process is killed at some moment of its renewal."""
    victim = stage.start(account, "renew")
    victim.wait_for(lambda word: word.get("at") == "lock.before")
    victim.wait_end(account.run.choice.random() * 0.25)
    account.troubles.append("killed" if not victim.ended else "too late")
    victim.kill()
    stage.end(victim)


def two_at_once(stage: Stage, account: Account) -> None:
    """Several processes of one application begin at the same moment."""
    for child in [stage.start(account, "renew", name="twin") for _ in range(3)]:
        stage.end(child)


def exits_meanwhile(stage: Stage, account: Account) -> None:
    """The program ends, as programs do, as soon as it has its token."""
    stage.provider.behave(account.run.mode, delays={"refresh": account.run.choice.random() * 0.3})
    stage.end(stage.start(account, "renew"))


def store_refuses(stage: Stage, account: Account) -> None:
    """What was renewed cannot be saved at first; the program ends, as programs do."""
    stage.end(stage.start(account, "renew", refuses=1))


def sign_out_meanwhile(stage: Stage, account: Account) -> None:
    """Somebody signs out in another process while this one renews."""
    stage.provider.behave(account.run.mode, delays={"refresh": account.run.choice.random() * 0.3})
    victim = stage.start(account, "renew")
    victim.wait_for(lambda word: word.get("at") == "send.before")
    other = stage.start(account, "logout", phase="logout.")
    stage.end(victim)
    stage.end(other)


def sign_in_meanwhile(stage: Stage, account: Account) -> None:
    """Somebody signs in anew in another process while this one renews."""
    stage.provider.behave(account.run.mode, delays={"refresh": account.run.choice.random() * 0.3})
    account.newer = signed_in(stage.provider, account.run.mode)
    fresh = members_of(account.newer, issued_at=time.time())
    victim = stage.start(account, "renew")
    victim.wait_for(lambda word: word.get("at") == "lock.before")
    other = stage.start(account, "sign_in", phase="sign_in.", tokens=fresh)
    stage.end(victim)
    stage.end(other)


def _until_failed(victim) -> None:
    try:
        victim.wait_for(lambda word: "failed" in word or "done" in word or "event" in word, 20)
    except TimeoutError:
        if not victim.ended:
            raise


TROUBLE: Mapping[str, Callable[[Stage, Account], None]] = {
    "undisturbed": undisturbed,
    "unavailable": _for_a_while(UNAVAILABLE),
    "reset": _for_a_while(CUT),
    "slow": _for_a_while(SLOW),
    "flapping": flapping,
    "reply lost": reply_lost,
    "answer late": answer_late,
    "keys away": keys_away,
    "clock forward": _jumped(DAY),
    "clock back": _jumped(-DAY),
    "clock at reply": clock_at_reply,
    "killed anywhere": killed_anywhere,
    "two at once": two_at_once,
    "exits meanwhile": exits_meanwhile,
    "store refuses": store_refuses,
    "sign-out meanwhile": sign_out_meanwhile,
    "sign-in meanwhile": sign_in_meanwhile,
}
