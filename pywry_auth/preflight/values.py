"""What was looked at before a sign-in, with what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from pywry_auth.window.base import WindowKind


Fact = str | int | float | bool | None


class Outcome(StrEnum):
    """What one check came to."""

    OK = "ok"
    WARNING = "warning"  #: a sign-in can work, and something will be in its way
    FAILED = "failed"  #: a sign-in cannot work
    SKIPPED = "skipped"  #: there was nothing to look at


class Depth(StrEnum):
    """How much is looked at."""

    QUICK = "quick"  #: this machine, with what is known of the provider already; no network
    FULL = "full"  #: the provider is asked too
    DEEP = "deep"  #: a hidden window paints a page as well


@dataclass(frozen=True, slots=True)
class Finding:
    """
    One thing that was looked at; holds no secret, and nothing a provider said of a person.

    Attributes:
        check: a stable word, for example ``"keyring"``.
        outcome: what it came to.
        sentence: for the person, in their language.
        fix: for the developer, in English, or "".
        seconds: how long it took.
        facts: what was seen, by name.
    """

    check: str
    outcome: Outcome
    sentence: str
    fix: str = ""
    seconds: float = 0.0
    facts: Mapping[str, Fact] = field(default_factory=dict[str, Fact])


@dataclass(frozen=True, slots=True)
class Redirect:
    """
    Where the provider's answer is to arrive.

    Attributes:
        host: 127.0.0.1, ::1 or localhost.
        ports: which are tried; 0 is any free one.
        path: where the redirect arrives.
    """

    host: str = "127.0.0.1"
    ports: tuple[int, ...] = (0,)
    path: str = "/callback"


ANYWHERE = Redirect()


@dataclass(frozen=True, slots=True)
class Report:
    """
    Everything that was found.

    Attributes:
        findings: in the order of a sign-in.
        window: which window a person would see; None where none can be shown.
        reason: why it is not the native one, in English, or "".
        seconds: how long all of it took.
    """

    findings: tuple[Finding, ...]
    window: WindowKind | None = None
    reason: str = ""
    seconds: float = 0.0

    @property
    def is_ok(self) -> bool:
        """Whether nothing failed."""
        return not self.failed

    @property
    def failed(self) -> tuple[Finding, ...]:
        """What has to be mended before anybody can sign in."""
        return self._with(Outcome.FAILED)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What will be in a person's way."""
        return self._with(Outcome.WARNING)

    def of(self, check: str) -> Finding | None:
        """Give what was found by *check*; None where it was not made."""
        return next((one for one in self.findings if one.check == check), None)

    def _with(self, outcome: Outcome) -> tuple[Finding, ...]:
        return tuple(one for one in self.findings if one.outcome is outcome)
