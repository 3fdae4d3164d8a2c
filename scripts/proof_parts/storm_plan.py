"""Which storms there are, and the count of what they showed."""

import random
from collections import Counter
from dataclasses import dataclass, field


STORES = ("keyring", "file", "sealed")
KINDS = ("tasks", "threads", "processes")
HARMS = {"tasks": ("cancel",), "threads": ("cancel",), "processes": ("holder", "others", "stop")}


@dataclass
class Storm:
    """
    One storm.

    Attributes:
        kind: who asks: tasks of one loop, threads with loops of their own, processes.
        store: where the session is kept.
        due: whether the token is only due, not ended.
        harm: what happens to some of the members: nothing; ``cancel``: tasks are cancelled;
            ``holder``: whoever gets the lock is killed before it has asked; ``others``: some who
            wait are killed; ``stop``: some are stopped for a moment.
    """

    number: int
    kind: str
    store: str
    due: bool
    harm: str

    def __str__(self) -> str:
        state = "due" if self.due else "ended"
        return f"{self.kind:10} {self.store:8} {state:6} {self.harm or '-':8}"


@dataclass
class Tally:
    """What was shown."""

    storms: Counter[str] = field(default_factory=Counter)
    requests: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    harmed: Counter[str] = field(default_factory=Counter)
    worst: dict[str, float] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    def note(self, storm: Storm, requests: int, *, asked: int, harmed: int, worst: float) -> None:
        """Take *storm* into the count, under its kind."""
        for name in (storm.kind, storm.store):
            self.storms[name] += 1
            self.requests[name] += requests
            self.asked[name] += asked
            self.harmed[name] += harmed
            self.worst[name] = max(worst, self.worst.get(name, 0.0))

    def as_json(self) -> dict[str, object]:
        """Give everything that was counted."""
        return {
            "storms": self.storms,
            "requests": self.requests,
            "asked": self.asked,
            "harmed": self.harmed,
            "worst_ms": {name: round(1000 * worst) for name, worst in self.worst.items()},
            "failures": self.failures,
        }

    def as_text(self, rounds: int, seconds: float) -> str:
        """Set everything that was counted in columns."""
        lines = [f"{rounds} rounds in {seconds:.0f} s", ""]
        lines += ["             storms   askers  harmed  requests  per storm  worst wait"]
        lines += [
            f"{name:10}  {self.storms[name]:7}  {self.asked[name]:7}  {self.harmed[name]:6}"
            f"  {self.requests[name]:8}  {self.requests[name] / self.storms[name]:9.3f}"
            f"  {1000 * self.worst[name]:7.0f} ms"
            for name in (*KINDS, *STORES)
            if self.storms[name]
        ]
        return "\n".join([*lines, "", *self.failures, f"failures: {len(self.failures)}"])


def planned(rounds: int, seed: int) -> list[Storm]:
    """Plan *rounds* rounds: in each of them tasks, threads, processes."""
    dice = random.Random(seed)  # noqa: S311
    storms = []
    for number in range(rounds):
        # the keyring most often; the others in every third round
        store = STORES[0] if number % 3 < 2 else dice.choice(STORES[1:])  # noqa: PLR2004
        for kind in KINDS:
            harms = HARMS[kind]
            harm = harms[(number // 2) % len(harms)] if number % 2 else ""
            storms.append(
                Storm(len(storms) + 1, kind, store, due=dice.random() < 0.25, harm=harm)  # noqa: PLR2004
            )
    return storms
