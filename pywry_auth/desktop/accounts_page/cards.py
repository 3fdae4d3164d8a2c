"""One card for each connected account, with the way out of all of them."""

from pywry_auth.desktop.accounts_page.desk import Verb, ident
from pywry_auth.desktop.accounts_page.pieces import (
    Scene,
    badge,
    button,
    face,
    line,
    mark,
    moment,
)
from pywry_auth.desktop.pages.markup import NOTHING, Markup, element, joined, tag
from pywry_auth.desktop.person import person_of
from pywry_auth.desktop.scope_words import plain_words
from pywry_auth.desktop.values import AccountDetails


MAX_GRANTS = 40  # lines; a provider knows more scopes than a person reads


def cards(scene: Scene) -> Markup:
    """Give everything there is to say about who is signed in."""
    shown = [_card(scene, details) for details in scene.desk.details]
    kept = line(scene.kept, "kept") if scene.kept else NOTHING
    return joined(*shown, kept, _all_of_them(scene) if len(shown) > 1 else NOTHING, danger(scene))


def _card(scene: Scene, details: AccountDetails) -> Markup:
    account, t = details.account, scene.texts
    name = person_of(account)
    heading = element("h2", {"id": f"name-{ident(account)}"}, element("bdi", {}, name))
    mail = NOTHING
    if account.label and account.label != name:
        mail = tag("span", "label", element("bdi", {}, account.label))
    who = element("div", {"class": "who"}, heading, mail)
    out = button(
        t("Sign out"),
        Verb.OUT,
        values={"account": ident(account)},
        name=f"out-{ident(account)}",
        of=f"name-{ident(account)}",
    )
    return element(
        "article",
        {"class": "card", "aria-labelledby": f"name-{ident(account)}"},
        element(
            "header",
            {},
            face(scene.desk, account),
            who,
            mark(scene, account.provider),
            badge(scene, details),
        ),
        element("dl", {"class": "facts"}, *_facts(scene, details)),
        element("footer", {}, out),
    )


def _facts(scene: Scene, details: AccountDetails) -> list[Markup]:
    account, t = details.account, scene.texts
    facts = [_fact(t("Provider"), element("dd", {}, scene.title_of(account.provider)))]
    if account.signed_in_at:
        when = moment("{when}", account.signed_in_at, style="date", name="dd")
        facts.append(_fact(t("Signed in since"), when))
    if details.refreshed_at:
        when = moment("{when}", details.refreshed_at, style="ago", name="dd")
        facts.append(_fact(t("Last refreshed"), when))
    if details.scopes:
        facts.append(_fact(t("{app} may", app=scene.app_name), _grants(scene, details)))
    return facts


def _fact(words: str, value: Markup) -> Markup:
    return joined(element("dt", {}, words), value)


def _grants(scene: Scene, details: AccountDetails) -> Markup:
    said, unknown = plain_words(details.scopes[:MAX_GRANTS], scene.texts)
    lines = [element("li", {}, words) for words in said]
    lines += [element("li", {}, element("code", {"dir": "ltr"}, scope)) for scope in unknown]
    return element("dd", {}, element("ul", {"class": "grants", "role": "list"}, *lines))


def _all_of_them(scene: Scene) -> Markup:
    out = button(scene.texts("Sign out of all accounts"), Verb.OUT_ALL)
    return element("p", {"class": "kept"}, out)


def danger(scene: Scene) -> Markup:
    """Give the way to end everything at once."""
    t = scene.texts
    words = t(
        "Lost this computer, or think that somebody else has used it? End everything at once."
    )
    return element(
        "section",
        {"class": "danger", "aria-labelledby": "danger"},
        element("h2", {"id": "danger"}, t("In an emergency")),
        line(words),
        button(t("Revoke everything…"), Verb.PANIC, kind="warn"),
    )
