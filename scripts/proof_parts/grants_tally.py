"""What the storms of token managers showed."""

import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from grants_plan import Storm
from hooks import digest
from nursery import Word


PATIENCE = 0.3  # seconds for which one thread waits for another one at a slow endpoint
SLACK = 1.2  # seconds later than that, on a busy machine


@dataclass
class Seen:
    """
    What one storm showed.

    Attributes:
        requests: how often the provider gave new tokens.
        wrongs: what the provider found wrong with whoever asked it.
        stored: the access token that is kept now.
        is_newest: whether the refresh token beside it is the newest.
        killed: whether somebody came to the point, and was killed there.
        crashed: how members ended that nobody killed.
        unkept: how often the store itself failed, which was not planned.
    """

    requests: int
    wrongs: list[str]
    stored: str = field(repr=False)
    is_newest: bool
    killed: bool = False
    crashed: list[str] = field(default_factory=list)
    unkept: int = 0
    got: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    told: int = 0
    gave_up: float = 0.0
    interrupted: int = 0
    worst: float = 0.0

    def add(self, answers: Iterable[Word]) -> None:
        """Add what members answered."""
        for answer in answers:
            self.got.update(answer["tokens"])
            self.errors.update(answer["errors"])
            self.told += answer["patient"]
            self.gave_up = max(self.gave_up, answer["gave_up"])
            self.interrupted += answer["interrupted"]
            self.worst = max(self.worst, answer["worst"])

    def problems(self, storm: Storm) -> list[str]:
        """Say what *storm* should not have shown; nothing where its store broke."""
        if self.unkept:
            return []
        pressed, stalled = storm.harm == "interrupt", storm.harm == "stall"
        wrong = {
            f"{self.requests} requests": self.requests not in storm.requests,
            f"the provider saw {self.wrongs[:3]}": self.wrongs,
            f"errors {dict(self.errors)}": self.errors,
            f"crashed {self.crashed}": self.crashed,
            f"{len(self.got)} different tokens": set(self.got) != {digest(self.stored)},
            "what is stored is not the newest": not self.is_newest,
            "nobody came to the point": storm.point and not self.killed,
            "nobody was interrupted": pressed and not self.interrupted,
            "nobody was told to wait": stalled and not self.told,
            f"told to wait after {self.gave_up:.1f} s": stalled and self.gave_up > PATIENCE + SLACK,
        }
        return [words for words, is_so in wrong.items() if is_so]


@dataclass
class Tally:
    """What was shown."""

    storms: Counter[str] = field(default_factory=Counter)
    requests: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    killed: Counter[str] = field(default_factory=Counter)
    told_to_wait: int = 0
    unkept: int = 0
    interrupted: int = 0
    worst: float = 0.0
    failures: list[str] = field(default_factory=list)

    def note(self, storm: Storm, seen: Seen) -> bool:
        """Take *storm* into the count, and say whether a new sign-in is needed."""
        problems = seen.problems(storm)
        for name in (storm.store, storm.want, storm.harm or "undisturbed"):
            self.storms[name] += 1
            self.asked[name] += seen.got.total()
            self.requests[name] += seen.requests
        self.told_to_wait += seen.told
        self.interrupted += seen.interrupted
        self.worst = max(self.worst, seen.worst)
        self.unkept += seen.unkept
        self.killed.update([storm.point] if seen.killed else [])
        self.tell(f"{storm.number:5} {storm}", seen, problems)
        return bool(problems or seen.unkept)

    def tell(self, what: str, seen: Seen, problems: list[str]) -> None:
        """Print a line, and keep what was wrong."""
        line = f"{what}  asked {seen.got.total():4}  requests {seen.requests}"
        line += f"  worst wait {1000 * seen.worst:6.0f} ms"
        print(line, *problems, sep="  ", file=sys.stderr, flush=True)
        self.failures += [f"{line}  {words}" for words in problems]

    def as_json(self) -> dict[str, object]:
        """Give everything that was counted."""
        return {
            "storms": self.storms,
            "requests": self.requests,
            "asked": self.asked,
            "killed": self.killed,
            "told_to_wait": self.told_to_wait,
            "interrupted": self.interrupted,
            "unkept": self.unkept,
            "worst_ms": round(1000 * self.worst),
            "failures": self.failures,
        }

    def as_text(self, rounds: int, seconds: float) -> str:
        """Set everything that was counted in columns."""
        lines = [f"{rounds} rounds in {seconds:.0f} s", ""]
        lines += ["                storms   askers  requests"]
        lines += [
            f"{name:14}  {self.storms[name]:6}  {self.asked[name]:7}  {self.requests[name]:8}"
            for name in sorted(self.storms)
        ]
        lines += ["", *(f"killed at {point}: {times}" for point, times in self.killed.items())]
        lines += [f"told to wait: {self.told_to_wait}, interrupted: {self.interrupted}"]
        lines += [f"broken stores: {self.unkept}"]
        lines += [f"worst wait: {1000 * self.worst:.0f} ms", *self.failures]
        return "\n".join([*lines, f"failures: {len(self.failures)}"])
