"""What pages about accounts are put together from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pywry_auth.account_index import Account
from pywry_auth.desktop.accounts_page.desk import Desk, Purpose, Verb, ident
from pywry_auth.desktop.initials import colour_number, initials
from pywry_auth.desktop.pages.frame import TITLE, framed
from pywry_auth.desktop.pages.markup import NOTHING, Child, Markup, element, joined, tag
from pywry_auth.desktop.person import person_of
from pywry_auth.desktop.values import AccountDetails, ProviderChoice
from pywry_auth.ui.texts import Texts


@dataclass(frozen=True, slots=True)
class Scene:
    """
    All that is needed to show a page.

    Attributes:
        desk: what there is to show.
        purpose: what the page is opened for.
        app_name: how people call the application.
        choices: where one can sign in.
        texts: the language.
        kept: where the tokens are, as a sentence.
        notice: what a window wanted said about the sign-in under way.
        marks: names of the providers whose mark there is a picture of.
    """

    desk: Desk
    purpose: Purpose
    app_name: str
    choices: tuple[ProviderChoice, ...]
    texts: Texts
    kept: str = ""
    notice: str = ""
    marks: frozenset[str] = field(default_factory=frozenset[str])

    def title_of(self, provider: str) -> str:
        """Give how people call *provider*."""
        return next((c.title for c in self.choices if c.name == provider), provider)


@dataclass(frozen=True, slots=True)
class Sheet:
    """
    One page as it is shown.

    Attributes:
        title: its heading.
        content: what stands under it.
        moves: the buttons at its foot, the one that goes on last.
        lead: a sentence right under the heading, or nothing.
    """

    title: str
    content: Markup
    moves: tuple[Markup, ...] = ()
    lead: Markup = NOTHING


def line(words: Child, kind: str = "") -> Markup:
    """Give a paragraph."""
    return tag("p", kind, words) if kind else element("p", {}, words)


def button(
    words: Child,
    verb: Verb,
    *,
    kind: str = "",
    values: Mapping[str, str] | None = None,
    name: str = "",
    of: str = "",
) -> Markup:
    """
    Give what asks for *verb* when it is pressed.

    Args:
        words: what stands on it.
        verb: what it asks for.
        kind: ``main`` goes on, ``stop`` ends something, ``quiet`` is for turning back.
        values: what goes with it.
        name: the button's id, where it is one of several.
        of: the id of what it stands beside, said after *words* to who cannot see that.
    """
    data = {f"data-{name}": value for name, value in (values or {}).items()}
    named: dict[str, str | bool] = {"id": name, "aria-labelledby": f"{name} {of}"} if of else {}
    attributes = {"type": "button", "class": kind or False, "data-verb": str(verb), **data}
    return element("button", {**attributes, **named}, words)


def live(name: str, *children: Child) -> Markup:
    """Give a place whose changes are read out, without touching what has the focus."""
    return element("div", {"data-live": name, "role": "status"}, *children)


def face(desk: Desk, account: Account) -> Markup:
    """Give the picture of *account*, with its initials behind it."""
    picture = NOTHING
    if ident(account) in desk.pictures:
        picture = element("img", {"src": f"face-{ident(account)}", "alt": ""})
    attributes = {
        "class": f"face hue-{colour_number(account.key)}",
        "aria-hidden": "true",
    }
    return element("span", attributes, initials(person_of(account)), picture)


def mark(scene: Scene, provider: str) -> Markup:
    """Give the mark of *provider*, where there is one."""
    if provider not in scene.marks:
        return NOTHING
    number = next(n for n, choice in enumerate(scene.choices) if choice.name == provider)
    return element("img", {"class": "mark-of", "src": f"mark-{number}", "alt": ""})


def moment(pattern: str, at: float, *, style: str, kind: str = "", name: str = "span") -> Markup:
    """
    Give a text with a moment in its place ``{when}``, which the page writes as people there do.

    Args:
        pattern: the translated text.
        at: Unix time in seconds.
        style: ``date``, or ``ago`` for how long it has been.
        kind: the class of the element.
        name: its tag.
    """
    there = datetime.fromtimestamp(at, UTC).date().isoformat()
    attributes: dict[str, str | bool] = {
        "class": kind or False,
        "data-when": str(int(at)),
        "data-style": style,
        "data-pattern": pattern,
    }
    return element(name, attributes, pattern.replace("{when}", there))


def whole(scene: Scene, sheet: Sheet) -> Markup:
    """Give the body of the document."""
    desk, texts = scene.desk, scene.texts
    heading = element("h1", {"id": TITLE, "tabindex": "-1"}, sheet.title)
    head = tag("header", "masthead", line(scene.app_name, "app"), heading, sheet.lead)
    # What may have to be scrolled can be reached with the keyboard, by what is in it or by itself.
    scrolls = "<button" not in sheet.content.text
    attributes: dict[str, str | bool] = {
        "class": "content",
        "tabindex": "0" if scrolls else False,
        "data-scrolls": scrolls,
    }
    content = element("div", attributes, trouble(scene), sheet.content)
    main = element(
        "main",
        {"data-screen": str(desk.screen), "aria-labelledby": TITLE},
        head,
        content,
        element("footer", {"class": "moves"}, *sheet.moves),
    )
    return framed(f"accounts {desk.screen}", main, app_name=scene.app_name, texts=texts)


def trouble(scene: Scene) -> Markup:
    """Give what went wrong last, or nothing."""
    found = scene.desk.trouble
    if found is None:
        return NOTHING
    return element("p", {"class": "trouble", "role": "alert"}, found.sentence)


def space() -> Markup:
    """Give what keeps buttons apart."""
    return joined(element("span", {"class": "space"}))


def badge(scene: Scene, details: AccountDetails) -> Markup:
    """Say in a word what is special about an account."""
    t = scene.texts
    if details.needs_sign_in:
        return tag("span", "badge bad", t("Sign in again"))
    return tag("span", "badge", t("In use")) if details.is_current else NOTHING
