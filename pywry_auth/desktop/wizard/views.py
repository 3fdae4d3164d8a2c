"""What stands in each step of the wizard."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pywry_auth.account_index import Account
from pywry_auth.coach.values import Action
from pywry_auth.desktop.pages.markup import NOTHING, Child, Markup, element, joined, tag
from pywry_auth.desktop.person import person_of
from pywry_auth.desktop.scope_words import scope_words
from pywry_auth.desktop.values import AuthState, AuthStatus, ProviderChoice
from pywry_auth.desktop.wizard.layout import Sheet, button, live, tile
from pywry_auth.desktop.wizard.steps import Move, Place, Step
from pywry_auth.desktop.wizard.whereabouts import whereabouts
from pywry_auth.ui.texts import Texts
from pywry_auth.window.base import WindowKind


MAX_ACCESSES = 40  # lines; a provider knows more scopes than a person reads


@dataclass(frozen=True, slots=True)
class Scene:
    """
    All that is needed to show a step.

    Attributes:
        place: where the person stands.
        app_name: how people call the application.
        choices: where one can sign in.
        organisations: whether one may name another organisation.
        texts: the language.
        status: how a sign-in under way goes.
        reasons: why the application asks for a scope, by scope.
        words: texts of the application's own, as in ``Theme``.
        marks: names of the providers whose mark there is a picture of.
    """

    place: Place
    app_name: str
    choices: tuple[ProviderChoice, ...]
    organisations: bool
    texts: Texts
    status: AuthStatus = field(default_factory=AuthStatus)
    reasons: Mapping[str, str] = field(default_factory=dict[str, str])
    words: Mapping[str, str] = field(default_factory=dict[str, str])
    marks: frozenset[str] = frozenset()

    @property
    def choice(self) -> ProviderChoice:
        """The provider that was chosen."""
        name = self.place.provider
        return next((c for c in self.choices if c.name == name), ProviderChoice(name, name))


def sheet(scene: Scene) -> Sheet:
    """Give the step that *scene* shows."""
    return _SHEETS[scene.place.step](scene)


def _back(scene: Scene) -> Markup:
    return button(scene.texts("Back"), Move.BACK, kind="quiet back")


def _cancel(scene: Scene) -> Markup:
    return button(scene.texts("Cancel"), Move.CANCEL)


def _aside(words: str, move: Move) -> Markup:
    """Give the other way to go on, which few people take."""
    return tag("p", "aside", button(words, move, kind="link"))


def _line(words: Child, kind: str = "") -> Markup:
    return tag("p", kind, words) if kind else element("p", {}, words)


def _welcome(scene: Scene) -> Sheet:
    t, app = scene.texts, scene.app_name
    title = scene.words.get("welcome_title") or t("Welcome to {app}", app=app)
    words = scene.words.get("welcome") or t("Sign in to get started. It takes about a minute.")
    forth = button(t("Get started"), Move.GO_ON, kind="main")
    return Sheet(title, _line(words, "lead"), (_cancel(scene), forth))


def _choose(scene: Scene) -> Sheet:
    t = scene.texts
    ways = [_way(scene, number) for number in range(len(scene.choices))]
    if scene.organisations:
        words = joined(tile("@"), tag("span", "name", t("Another organization")))
        ways.append(element("li", {}, button(words, Move.ORGANISATION, kind="way")))
    listed = element("ul", {"class": "ways", "role": "list"}, *ways)
    return Sheet(t("How do you want to sign in?"), listed, (_back(scene), _cancel(scene)))


def _way(scene: Scene, number: int) -> Markup:
    choice = scene.choices[number]
    mark = tile(choice.title)
    if choice.name in scene.marks:
        mark = element("img", {"class": "tile mark-of", "src": f"mark-{number}", "alt": ""})
    words = joined(mark, tag("span", "name", choice.title))
    values = {"provider": choice.name}
    return element("li", {}, button(words, Move.CHOOSE, kind="way", values=values))


def _organisation(scene: Scene) -> Sheet:
    t, place = scene.texts, scene.place
    field_attributes: dict[str, str | bool] = {
        "id": "text",
        "name": "text",
        "type": "text",
        "inputmode": "email",
        "autocomplete": "email",
        "autocapitalize": "none",
        "spellcheck": "false",
        "maxlength": "200",
        "dir": "ltr",
        "value": place.query,
        "aria-describedby": "example found",
        "aria-invalid": "true" if place.trouble else False,
        "required": True,
    }
    form = element(
        "form",
        {"data-verb": str(Move.FIND), "id": "find", "novalidate": True},
        element("label", {"for": "text"}, t("Work email, domain or sign-in address")),
        element("input", field_attributes),
        element(
            "p",
            {"class": "hint", "id": "example"},
            t("For example: {example}", example="ada@example.com"),
        ),
        element("div", {"id": "found"}, live("finding", _finding(scene))),
    )
    find = element("button", {"type": "submit", "form": "find", "class": "main"}, t("Find"))
    return Sheet(t("Find your organization"), form, (_back(scene), _cancel(scene), find))


def _finding(scene: Scene) -> Markup:
    t, place = scene.texts, scene.place
    if place.is_finding:
        return _line(t("Looking for {organization}…", organization=place.query), "busy")
    return NOTHING if place.trouble is None else _line(place.trouble.sentence, "wrong")


def _access(scene: Scene) -> Sheet:
    t, choice = scene.texts, scene.choice
    lines = [_ask(scene, scope) for scope in choice.scopes[:MAX_ACCESSES]]
    title = t("{app} would like to", app=scene.app_name)
    listed = element("ul", {"class": "accesses", "role": "list"}, *lines)
    where = (
        t(
            "{provider} opens in your browser. {app} never sees your password.",
            provider=whereabouts(choice.title, scene.place.issuer),
            app=scene.app_name,
        )
        if choice.by_browser
        else t(
            "You sign in at {provider}. {app} never sees your password.",
            provider=whereabouts(choice.title, scene.place.issuer),
            app=scene.app_name,
        )
    )
    content = joined(listed, _line(where, "note"))
    if not lines:
        title = t("Sign in with {provider}", provider=choice.title)
        content = _line(where, "lead")
    if not choice.by_browser:
        content = joined(content, _aside(t("Use my browser instead"), Move.BROWSER))
    forth = button(t("Continue"), Move.AGREE, kind="main")
    return Sheet(title, content, (_back(scene), _cancel(scene), forth))


def _ask(scene: Scene, scope: str) -> Markup:
    words, reason = scope_words(scope, scene.texts), scene.reasons.get(scope, "")
    said = tag("span", "name", words) if words else element("code", {"dir": "ltr"}, scope)
    return element(
        "li",
        {},
        joined(
            said, element("span", {"class": "why", "dir": "auto"}, reason) if reason else NOTHING
        ),
    )


def _sign_in(scene: Scene) -> Sheet:
    t = scene.texts
    title = t("Signing in with {provider}", provider=scene.choice.title)
    aside = (
        _aside(t("Open the page again"), Move.AGAIN)
        if _in_browser(scene)
        else _aside(t("Use my browser instead"), Move.BROWSER)
    )
    said = live("progress", _line(_progress(scene), "busy"), _notice(scene))
    content = joined(said, element("div", {"data-part": "aside"}, aside))
    return Sheet(title, content, (_back(scene), _cancel(scene)))


def _in_browser(scene: Scene) -> bool:
    if scene.status.state is AuthState.WAITING:
        return scene.status.window is not WindowKind.WEBVIEW
    return scene.place.by_browser


def _progress(scene: Scene) -> str:
    t = scene.texts
    if scene.status.state is not AuthState.WAITING:
        return t("Opening the sign-in page…")
    if _in_browser(scene):
        return t("Finish in your browser, then come back here.")
    return t("The sign-in page is open.")


def _notice(scene: Scene) -> Markup:
    # Where the page went is said above; anything else is worth a line of its own.
    notice = scene.status.notice
    return _line(notice, "hint") if notice and not _in_browser(scene) else NOTHING


def _trouble(scene: Scene) -> Sheet:
    t, trouble = scene.texts, scene.place.trouble
    sentence = trouble.sentence if trouble else t("The sign-in did not come to its end.")
    content = [element("p", {"class": "lead", "role": "alert"}, sentence)]
    if trouble is not None and (trouble.fix or trouble.code):
        fix = " · ".join(part for part in (trouble.code, trouble.fix) if part)
        said = element("p", {"lang": "en", "dir": "ltr"}, fix)
        content.append(element("details", {}, element("summary", {}, t("For the developer")), said))
    if trouble is not None and trouble.action is Action.BROWSER:
        forth = button(t("Use my browser"), Move.BROWSER, kind="main")
        content.append(_aside(t("Try again here"), Move.RETRY))
    else:
        forth = button(t("Try again"), Move.RETRY, kind="main")
        content.append(_aside(t("Use my browser instead"), Move.BROWSER))
    moves = (_back(scene), _cancel(scene), forth)
    return Sheet(t("That did not work"), joined(*content), moves, mood="bad")


def _confirm(scene: Scene) -> Sheet:
    t = scene.texts
    card = NOTHING if scene.place.account is None else _card(scene, scene.place.account)
    content = joined(card, _aside(t("Use another account"), Move.ANOTHER))
    forth = button(t("Continue"), Move.CONFIRM, kind="main")
    return Sheet(t("Is this you?"), content, (_back(scene), _cancel(scene), forth))


def _card(scene: Scene, account: Account) -> Markup:
    name = person_of(account)
    picture = NOTHING
    if account.picture.startswith("https://"):
        attributes = {"src": account.picture, "alt": "", "referrerpolicy": "no-referrer"}
        picture = element("img", attributes)
    face = tag("span", "face", tile(name), picture)
    lines = [tag("p", "name", name)]
    if account.label and account.label != name:
        lines.append(tag("p", "label", account.label))
    lines.append(tag("p", "at", scene.choice.title))
    return tag("div", "account", face, tag("div", "who", *lines))


def _done(scene: Scene) -> Sheet:
    t, account = scene.texts, scene.place.account
    title = scene.words.get("done_title") or t("You are all set")
    name = "" if account is None else person_of(account)
    words = scene.words.get("done") or t("You are signed in as {name}.", name=name)
    forth = button(t("Start using {app}", app=scene.app_name), Move.FINISH, kind="main")
    tick = Markup(
        '<svg class="mark" viewBox="0 0 64 64" aria-hidden="true" focusable="false">'
        '<path class="draw" pathLength="1" d="M21 33l8 8 15-17"/></svg>'
    )
    return Sheet(title, _line(words, "lead"), (forth,), crown=tick, mood="good")


def _left(scene: Scene) -> Sheet:
    t = scene.texts
    return Sheet(t("You may close this page"), _line(t("Go on in {app}.", app=scene.app_name)), ())


_SHEETS: Mapping[Step, Callable[[Scene], Sheet]] = {
    Step.WELCOME: _welcome,
    Step.CHOOSE: _choose,
    Step.ORGANISATION: _organisation,
    Step.ACCESS: _access,
    Step.SIGN_IN: _sign_in,
    Step.TROUBLE: _trouble,
    Step.CONFIRM: _confirm,
    Step.DONE: _done,
    Step.LEFT: _left,
}
