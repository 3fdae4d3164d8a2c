"""What every step of the wizard looks like, whatever stands in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pywry_auth.desktop.pages.frame import TITLE, framed
from pywry_auth.desktop.pages.markup import NOTHING, Child, Markup, element, joined, tag
from pywry_auth.desktop.wizard.steps import Move, Step
from pywry_auth.ui.texts import Texts


#: the stages a person counts; the welcome comes before, the end after them
STAGES = (
    frozenset({Step.CHOOSE, Step.ORGANISATION}),
    frozenset({Step.ACCESS}),
    frozenset({Step.SIGN_IN, Step.TROUBLE}),
    frozenset({Step.CONFIRM, Step.DONE}),
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """
    One step, as it is shown.

    Attributes:
        title: its heading.
        content: what stands under it.
        moves: the buttons, the one that goes on last.
        crown: what stands over the heading.
        mood: ``good``, ``bad`` or "".
    """

    title: str
    content: Markup
    moves: tuple[Markup, ...]
    crown: Markup = NOTHING
    mood: str = ""


@dataclass(frozen=True, slots=True)
class Masthead:
    """
    What stands over every step.

    Attributes:
        app_name: how people call the application.
        has_logo: whether there is a picture of it at ``logo``.
    """

    app_name: str
    has_logo: bool = False


def button(
    words: Child, move: Move, *, kind: str = "quiet", values: Mapping[str, str] | None = None
) -> Markup:
    """Give what makes *move* when it is pressed; of kind ``main`` also by Enter."""
    data = {f"data-{name}": value for name, value in (values or {}).items()}
    attributes = {"type": "button", "class": kind, "data-verb": str(move), **data}
    return element("button", attributes, words)


def live(name: str, *children: Child) -> Markup:
    """Give a place whose changes are read out; filled anew without touching what has the focus."""
    return element("div", {"class": f"live {name}", "data-live": name, "role": "status"}, *children)


def tile(text: str) -> Markup:
    """Give a drawn letter where there is no picture."""
    letter = next((c for c in text if c.isalnum()), text[:1]).upper()
    return element("span", {"class": "tile", "aria-hidden": "true"}, letter)


def emblem(masthead: Masthead) -> Markup:
    """Give the picture of the application, or its first letter."""
    if masthead.has_logo:
        return element("img", {"class": "logo", "src": "logo", "alt": ""})
    return tile(masthead.app_name)


def whole(
    sheet: Sheet, step: Step, *, masthead: Masthead, texts: Texts, skipped: Sequence[int] = ()
) -> Markup:
    """Give the body of the document."""
    head = tag(
        "header",
        "masthead",
        emblem(masthead),
        tag("p", "app", masthead.app_name),
        _stages(step, skipped, texts),
    )
    heading = element("h1", {"id": TITLE, "tabindex": "-1"}, sheet.title)
    crown = tag("div", "hero", emblem(masthead)) if step is Step.WELCOME else sheet.crown
    content = tag("div", "content", crown, heading, sheet.content)
    back = [move for move in sheet.moves if 'data-verb="back"' in move.text]
    forth = [move for move in sheet.moves if move not in back]
    foot = tag("footer", "moves", *back, tag("span", "space"), *forth)
    main = element("main", {"data-step": str(step), "aria-labelledby": TITLE}, head, content, foot)
    kind = f"wizard {step} {sheet.mood}".strip()
    return framed(kind, main, app_name=masthead.app_name, texts=texts)


def _stages(step: Step, skipped: Sequence[int], texts: Texts) -> Markup:
    stages = [stage for number, stage in enumerate(STAGES) if number not in skipped]
    here = next((number for number, stage in enumerate(stages) if step in stage), None)
    if here is None or step is Step.DONE:
        return NOTHING
    words = texts("Step {number} of {count}", number=here + 1, count=len(stages))
    dots = [_dot(number, here) for number in range(len(stages))]
    return element("p", {"class": "stages", "role": "img", "aria-label": words}, joined(*dots))


def _dot(number: int, here: int) -> Markup:
    kind = "past" if number < here else "here" if number == here else "ahead"
    return element("span", {"class": kind})
