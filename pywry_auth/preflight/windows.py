"""Which window a person would see."""

from pywry_auth.coach.advise import advise
from pywry_auth.errors import AuthError
from pywry_auth.preflight.subject import Subject
from pywry_auth.preflight.values import Finding, Outcome
from pywry_auth.window.base import WindowKind
from pywry_auth.window.ladder import INSTALL, Choice, Surroundings, choose, look_around


CHECK = "window"


class WindowCheck:
    """Asks the ladder; ``choice`` is its answer afterwards."""

    def __init__(self) -> None:
        self.choice: Choice | None = None

    async def look(self, subject: Subject) -> list[Finding]:
        """Look around on this machine, without starting anything."""
        return [self._found(subject, look_around())]

    def _found(self, subject: Subject, here: Surroundings) -> Finding:
        facts = {"toolkits": ", ".join(here.toolkits) or None, "display": here.has_display}
        provider = subject.provider
        refuses = provider is not None and provider.prefers is WindowKind.BROWSER
        try:
            self.choice = choose(
                subject.window,
                here,
                provider="" if provider is None else provider.name,
                refuses_embedded=refuses,
            )
        except AuthError as exc:
            words = advise(exc, texts=subject.texts).sentence
            fix = "; ".join(part for part in (exc.message, exc.hint) if part)
            return Finding(CHECK, Outcome.FAILED, words, fix, facts=facts)
        return _in_words(subject, here, self.choice, facts)


def _in_words(
    subject: Subject, here: Surroundings, choice: Choice, facts: dict[str, str | bool | None]
) -> Finding:
    texts = subject.texts
    facts = {"window": str(choice.kind), **facts}
    match choice.kind:
        case WindowKind.BROWSER:
            words = texts("The sign-in page opens in your browser.")
        case WindowKind.PASTE:
            words = texts("The sign-in page has to be opened by hand, on any device.")
        case _:
            words = texts("The sign-in page opens in a window of its own.")
    lacks_toolkit = here.has_display and not here.toolkits
    outcome = Outcome.WARNING if choice.reason and lacks_toolkit else Outcome.OK
    return Finding(CHECK, outcome, words, INSTALL if lacks_toolkit else choice.reason, facts=facts)
