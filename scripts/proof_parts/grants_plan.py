"""Which storms the token managers of programs go through."""

import random
from dataclasses import dataclass

from chaos_provider import LENIENT, STRICT


STORES = ("slot", "file", "keyring", "parts", "sealed")
FILES = ("slot", "file", "sealed")
PARTS = ("parts",)
BEFORE = ("lock.before", "lock.held", "send.before")  # nothing was asked yet
#: points after which the new token is kept
AFTER = ("store.after", "lock.leaving", "lock.left")
#: points at which the provider has given a token that is nowhere yet; with the stores that pass
BETWEEN = {
    "reply.read": STORES,
    "store.before": STORES,
    "file.write": FILES,
    "file.sync": FILES,
    "file.replace": FILES,
    "keyring.part.1": PARTS,
    "keyring.head": ("keyring", "parts"),
}
POINTS = {**dict.fromkeys(BEFORE + AFTER, STORES), **BETWEEN}

HARMS = (
    "",
    "kill",  # whoever comes to a point is killed there
    "others",  # some who wait are killed
    "stop",  # some are stopped for a moment
    "interrupt",  # Ctrl-C for whoever asks the provider
    "stall",  # the token endpoint takes longer than anybody waits
    "unsaved",  # the store refuses the new token twice
    "unavailable",  # 503, then well again
    "clock back",
    "clock forward",
)
#: what everybody asks for
WANTS = (
    "header",  # a header, with a token that has ended
    "rejected",  # another token than the one that a resource refused
    "awaited",  # a header, from tasks of a loop
    "older",  # another token than one that was replaced long ago: nobody is asked
)
#: what fits to a harm, where it is not all that makes the provider be asked
FITTING = {**dict.fromkeys(("", "others", "stop"), WANTS), "interrupt": ("header", "rejected")}


@dataclass(frozen=True)
class Storm:
    """
    One storm.

    Attributes:
        number: counts them, and seeds the dice of each.
        store: where the tokens are kept.
        want: what everybody asks for.
        harm: what is done to some.
        point: where they are killed, for the harm ``kill``.
    """

    number: int
    store: str
    want: str
    harm: str
    point: str = ""

    @property
    def mode(self) -> str:
        """Which issuer; one without leeway wherever a session need not be lost."""
        return LENIENT if self.point in BETWEEN else STRICT

    @property
    def session(self) -> str:
        """Name the tokens it is about."""
        return f"{self.store}-{self.mode}"

    @property
    def requests(self) -> range:
        """How often the provider gives new tokens; once more where nobody could keep them."""
        if self.want == "older":
            return range(1)
        return range(2, 3) if self.point in BETWEEN else range(1, 2)

    def __str__(self) -> str:
        harm = f"kill {self.point}" if self.point else self.harm or "-"
        return f"{self.store:8} {self.want:8} {harm:20}"


def planned(rounds: int, seed: int, harms: tuple[str, ...] = HARMS) -> list[Storm]:
    """Plan *rounds* rounds of every harm; the points of a kill come in turn."""
    dice = random.Random(seed)  # noqa: S311 - nothing here is secret
    points: list[str] = []
    made: list[Storm] = []
    for _ in range(rounds):
        for harm in harms:
            if harm == "kill" and not points:
                points = dice.sample(list(POINTS), len(POINTS))
            point = points.pop() if harm == "kill" else ""
            store = dice.choice(POINTS.get(point, STORES))
            want = dice.choice(FITTING.get(harm, WANTS[:3]))
            made.append(Storm(len(made) + 1, store, want, harm, point))
    return made
