"""What stands on each page about accounts."""

from collections.abc import Callable, Mapping

from pywry_auth.desktop.accounts_page.cards import cards, danger
from pywry_auth.desktop.accounts_page.desk import Purpose, Screen, Verb, ident
from pywry_auth.desktop.accounts_page.endings import ended, ending
from pywry_auth.desktop.accounts_page.pieces import (
    Scene,
    Sheet,
    badge,
    button,
    face,
    line,
    live,
    mark,
    moment,
    space,
)
from pywry_auth.desktop.pages.markup import NOTHING, Markup, element, joined, tag
from pywry_auth.desktop.person import person_of
from pywry_auth.desktop.values import AccountDetails
from pywry_auth.ui.texts import later


def sheet(scene: Scene) -> Sheet:
    """Give the page that *scene* shows."""
    return _SHEETS[scene.desk.screen](scene)


def _title(scene: Scene) -> str:
    t = scene.texts
    if scene.purpose is Purpose.CHOOSE:
        return t("Choose an account")
    return t("Connected accounts")


def _leave(scene: Scene) -> Markup:
    t = scene.texts
    words = t("Cancel") if scene.purpose is Purpose.CHOOSE else t("Close")
    return button(words, Verb.LEAVE, kind="quiet")


def _loading(scene: Scene) -> Sheet:
    words = scene.texts("Looking up your accounts…")
    return Sheet(_title(scene), live("busy", line(words, "busy")), (space(), _leave(scene)))


def _accounts(scene: Scene) -> Sheet:
    t = scene.texts
    if not scene.desk.details:
        main = button(t("Sign in"), Verb.ADD, kind="main")
        nobody = line(t("Nobody is signed in."), "empty")
        # What an earlier attempt could not remove may be left of nobody's.
        content = nobody if scene.purpose is Purpose.CHOOSE else joined(nobody, danger(scene))
        return Sheet(_title(scene), content, (space(), _leave(scene), main))
    if scene.purpose is Purpose.REVIEW:
        lead = line(t("These accounts are signed in to {app}.", app=scene.app_name), "lead")
        moves = (button(t("Add an account"), Verb.ADD), space(), _leave(scene))
        return Sheet(_title(scene), cards(scene), moves, lead)
    another = line(button(t("Add an account"), Verb.ADD), "another")
    return Sheet(_title(scene), joined(_listbox(scene), another), _choosing(scene))


def _choosing(scene: Scene) -> tuple[Markup, ...]:
    t = scene.texts
    out = {"type": "button", "id": "out", "class": "quiet", "data-verb": str(Verb.OUT)}
    forth = {"type": "button", "class": "main", "data-verb": str(Verb.CHOOSE)}
    # Both mean whoever is selected; the page adds their name to what the first is called.
    return (
        element("button", {**out, "data-of-selected": True}, t("Sign out")),
        space(),
        _leave(scene),
        element("button", {**forth, "data-of-selected": True}, t("Continue")),
    )


def _listbox(scene: Scene) -> Markup:
    options = [_option(scene, details, n == 0) for n, details in enumerate(scene.desk.details)]
    attributes = {
        "class": "people",
        "role": "listbox",
        "tabindex": "0",
        "aria-labelledby": "title",
        "aria-activedescendant": f"option-{ident(scene.desk.details[0].account)}",
    }
    return element("ul", attributes, *options)


def _option(scene: Scene, details: AccountDetails, is_first: bool) -> Markup:  # noqa: FBT001
    account = details.account
    attributes = {
        "role": "option",
        "id": f"option-{ident(account)}",
        "aria-selected": "true" if is_first else "false",
        "data-account": ident(account),
        "data-name": person_of(account),
    }
    return element(
        "li",
        attributes,
        face(scene.desk, account),
        element("span", {"class": "who"}, *_who(scene, details), badge(scene, details)),
        mark(scene, account.provider),
    )


def _who(scene: Scene, details: AccountDetails) -> list[Markup]:
    account, t = details.account, scene.texts
    name = element("bdi", {"id": f"name-{ident(account)}"}, person_of(account))
    lines = [tag("span", "name", name)]
    where = scene.title_of(account.provider)
    if account.label and account.label != person_of(account):
        apart = element("span", {"class": "apart"})
        both = joined(element("bdi", {}, account.label), apart, element("bdi", {}, where))
        lines.append(tag("span", "label", both))
    else:
        lines.append(tag("span", "label", where))
    if account.signed_in_at:
        words = t.pattern(later("Signed in since {when}"))
        lines.append(moment(words, account.signed_in_at, style="date", kind="since"))
    if details.refreshed_at and not details.needs_sign_in:
        words = t.pattern(later("Last refreshed {when}"))
        lines.append(moment(words, details.refreshed_at, style="ago", kind="since"))
    return lines


def _providers(scene: Scene) -> Sheet:
    t = scene.texts
    ways = [
        element(
            "li",
            {},
            button(
                joined(mark(scene, choice.name), element("span", {}, choice.title)),
                Verb.PROVIDER,
                kind="way",
                values={"provider": choice.name},
            ),
        )
        for choice in scene.choices
    ]
    listed = element("ul", {"class": "ways", "role": "list"}, *ways)
    back = button(t("Back"), Verb.BACK, kind="quiet")
    return Sheet(t("Where do you want to sign in?"), listed, (back,))


def _signing_in(scene: Scene) -> Sheet:
    t = scene.texts
    words = (
        t("Finish in your browser, then come back here.")
        if scene.desk.by_browser
        else t("Opening the sign-in page…")
    )
    notice = line(scene.notice, "lead") if scene.notice else NOTHING
    moves = [button(t("Cancel"), Verb.BACK, kind="quiet"), space()]
    if scene.desk.by_browser:
        moves.append(button(t("Open the page again"), Verb.BROWSER))
    content = live("busy", line(words, "busy"), notice)
    return Sheet(t("Signing in"), content, tuple(moves))


def _sign_out(scene: Scene) -> Sheet:
    t = scene.texts
    account = scene.desk.account(scene.desk.chosen)
    name = "" if account is None else person_of(account)
    words = t(
        "{app} forgets this account on this computer and tells {provider} to end the session.",
        app=scene.app_name,
        provider="" if account is None else scene.title_of(account.provider),
    )
    sure = button(t("Sign out"), Verb.CONFIRM, kind="stop")
    back = button(t("Cancel"), Verb.BACK)
    return Sheet(t("Sign {name} out?", name=name), line(words), (space(), back, sure))


def _sign_out_all(scene: Scene) -> Sheet:
    t = scene.texts
    words = t(
        "{app} forgets all accounts on this computer and tells their providers to end the "
        "sessions.",
        app=scene.app_name,
    )
    sure = button(t("Sign out of all"), Verb.CONFIRM, kind="stop")
    back = button(t("Cancel"), Verb.BACK)
    return Sheet(t("Sign out of all accounts?"), line(words), (space(), back, sure))


def _signing_out(scene: Scene) -> Sheet:
    t = scene.texts
    return Sheet(t("Signing out"), live("busy", line(t("One moment…"), "busy")))


def _panic(scene: Scene) -> Sheet:
    t, app = scene.texts, scene.app_name
    lines = (
        t("All accounts of {app} are signed out, at their providers too.", app=app),
        t("Everything {app} keeps of your sign-ins on this computer is deleted.", app=app),
        t("The sign-in windows of {app} forget who you are.", app=app),
        t("Other running copies of {app} stop using your accounts.", app=app),
    )
    listed = element("ul", {"class": "consequences"}, *(element("li", {}, each) for each in lines))
    sure = button(t("Revoke everything"), Verb.CONFIRM, kind="stop")
    back = button(t("Cancel"), Verb.BACK)
    lead = line(t("This cannot be undone. You can sign in again at any time."), "lead")
    return Sheet(t("Revoke everything?"), listed, (space(), back, sure), lead)


def _left(scene: Scene) -> Sheet:
    t = scene.texts
    words = line(t("Go on in {app}.", app=scene.app_name))
    return Sheet(t("You may close this page"), words)


_SHEETS: Mapping[Screen, Callable[[Scene], Sheet]] = {
    Screen.LOADING: _loading,
    Screen.ACCOUNTS: _accounts,
    Screen.PROVIDERS: _providers,
    Screen.SIGNING_IN: _signing_in,
    Screen.SIGN_OUT: _sign_out,
    Screen.SIGN_OUT_ALL: _sign_out_all,
    Screen.SIGNING_OUT: _signing_out,
    Screen.PANIC: _panic,
    Screen.ENDING: ending,
    Screen.ENDED: ended,
    Screen.LEFT: _left,
}
