"""What is done to a session, how often, in which order."""

import random
from dataclasses import dataclass

from chaos_provider import LENIENT, STRICT


ANY = ("keyring", "parts", "file", "sealed", "redis")
PARTS = ("parts",)
FILES = ("file", "sealed")

#: where a renewal is killed, in order; with the stores that come by there
RENEWAL = {
    "lock.before": ANY,
    "lock.held": ANY,
    "send.before": ANY,
    "server.rotated": ANY,
    "reply.read": ANY,
    "store.before": ANY,
    "keyring.journal": PARTS,
    "keyring.part.0": PARTS,
    "keyring.part.1": PARTS,
    "keyring.part.2": PARTS,
    "keyring.head": ("parts", "parts", "keyring"),
    "keyring.drop.part.0": PARTS,
    "keyring.drop.part.1": PARTS,
    "keyring.drop.part.2": PARTS,
    "keyring.drop.journal": PARTS,
    "file.write": FILES,
    "file.sync": FILES,
    "file.replace": FILES,
    "file.replaced": FILES,
    "store.after": ANY,
    "lock.leaving": ANY,
    "lock.left": ANY,
}
#: where signing out is killed
LOGOUT = {
    "logout.lock.held": ANY,
    "logout.revoke.before": ANY,
    "logout.revoke.read": ANY,
    "logout.delete.before": ANY,
    "logout.keyring.drop.head": ("parts", "keyring"),
    "logout.keyring.drop.part.1": PARTS,
    "logout.file.replace": FILES,
    "logout.delete.after": ANY,
}
#: where the saving of a new sign-in is killed
SIGN_IN = {
    "sign_in.lock.held": ANY,
    "sign_in.store.before": ANY,
    "sign_in.keyring.part.1": PARTS,
    "sign_in.keyring.head": ("parts", "keyring"),
    "sign_in.keyring.drop.part.1": PARTS,
    "sign_in.file.replace": FILES,
    "sign_in.store.after": ANY,
}
POINTS = {**RENEWAL, **LOGOUT, **SIGN_IN}

#: what happens to a process that is not killed at a point
TROUBLES = (
    "undisturbed",
    "unavailable",  # 503, then well again
    "reset",  # connections are cut before anything happened
    "slow",  # no answer within the client's patience, and nothing happened
    "flapping",
    "reply lost",  # the provider has rotated, its answer never arrives
    "answer late",  # the same, by the client's patience
    "keys away",  # the provider has rotated, its signing keys cannot be had
    "clock forward",
    "clock back",
    "clock at reply",  # the clock jumps while the answer is on its way
    "killed anywhere",  # at a moment, not at a point
    "two at once",
    "exits meanwhile",  # the program ends as programs do, while it renews behind
    "store refuses",  # the new record cannot be saved, then the program ends
    "sign-out meanwhile",  # in another process, while this one renews
    "sign-in meanwhile",
)
STOPPED = "holder stopped"

EACH = 20  # how often at least each point is hit in a whole proof


@dataclass(frozen=True)
class Run:
    """
    One run; the same seed and number give the same run.

    Attributes:
        number: counts the runs of one proof.
        seed: of this run's own choices.
        what: a point, or a trouble.
        store: the kind of store.
        mode: which issuer.
        company: whether a second process asks meanwhile.
        left: seconds left of the planted access token, or less than nothing.
    """

    number: int
    seed: int
    what: str
    store: str
    mode: str
    company: bool
    left: float

    @property
    def choice(self) -> random.Random:
        """This run's own dice."""
        return random.Random(self.seed)  # noqa: S311 - nothing here is secret

    def __str__(self) -> str:
        mates = " with company" if self.company else ""
        return f"run {self.number}: {self.what}, {self.store}, {self.mode}{mates}"


@dataclass(frozen=True)
class Wishes:
    """
    What a proof consists of; the same wishes give the same runs.

    Attributes:
        runs: how many, those with a stopped holder of the lock included.
        seed: of the whole proof.
        stores: which kinds can be had here.
        stops: how many runs stop the holder of the lock; they wait, so they are few.
        only: points and troubles; all when empty.
        mode: the one issuer; both when None.
    """

    runs: int
    seed: int
    stores: tuple[str, ...] = ANY
    stops: int = 0
    only: tuple[str, ...] = ()
    mode: str | None = None


def planned(wishes: Wishes) -> list[Run]:
    """Plan every point as often as any other, with a trouble after every other point."""
    dice = random.Random(wishes.seed)  # noqa: S311
    points = [name for name, fits in POINTS.items() if set(fits) & set(wishes.stores)]
    made = [STOPPED] * min(wishes.stops, wishes.runs)
    while len(made) < wishes.runs:
        round_of = list(wishes.only) or points + [dice.choice(TROUBLES) for _ in points[::3]]
        dice.shuffle(round_of)
        made += round_of[: wishes.runs - len(made)]
    return [_run(number, what, dice, wishes) for number, what in enumerate(made, 1)]


def _run(number: int, what: str, dice: random.Random, wishes: Wishes) -> Run:
    fits = [store for store in POINTS.get(what, ANY) if store in wishes.stores]
    mode = LENIENT if dice.random() < 0.35 else STRICT  # noqa: PLR2004
    return Run(
        number,
        dice.randrange(2**32),
        what,
        dice.choice(fits),
        wishes.mode or mode,
        company=dice.random() < 0.3,  # noqa: PLR2004
        left=_left(what, dice),
    )


def _left(what: str, dice: random.Random) -> float:
    # Between buffer and skew an old token is answered at once, and renewed behind.
    soon = what == "exits meanwhile" or (what in RENEWAL and dice.random() < 0.15)  # noqa: PLR2004
    return 45.0 if soon else -60.0
