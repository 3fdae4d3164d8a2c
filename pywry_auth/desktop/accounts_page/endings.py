"""What a person is told while everything ends, then about how it ended."""

from pywry_auth.account_index import Account
from pywry_auth.desktop.accounts_page.desk import Verb, ident
from pywry_auth.desktop.accounts_page.pieces import (
    Scene,
    Sheet,
    button,
    face,
    line,
    live,
    moment,
    space,
)
from pywry_auth.desktop.pages.markup import NOTHING, Markup, element, joined, tag
from pywry_auth.desktop.panic import AccountEnd, PanicReport, Remainder, Revocation
from pywry_auth.desktop.person import person_of
from pywry_auth.ui.texts import Texts, later


_GOOD = frozenset({Revocation.REVOKED, Revocation.NOTHING})


def ending(scene: Scene) -> Sheet:
    """Show how far it is."""
    t, desk = scene.texts, scene.desk
    rows = [_row(scene, each.account, desk.ends.get(ident(each.account))) for each in desk.details]
    words = live("busy", line(t("Deleting and revoking…"), "busy"))
    listed = element("div", {"data-live": "ends"}, element("ul", {"class": "outcomes"}, *rows))
    return Sheet(t("Revoking everything"), joined(words, listed if rows else NOTHING))


def ended(scene: Scene) -> Sheet:
    """Show what was ended, and what was not."""
    t = scene.texts
    report = scene.desk.report or PanicReport()
    rows = [_row(scene, end.account, end) for end in report.ends]
    left = [element("li", {}, _remainder(t, each, scene.app_name)) for each in report.left]
    again = button(t("Try again"), Verb.RETRY, kind="main")
    done = button(t("Done"), Verb.LEAVE, kind="" if left else "main")
    alert = element("div", {"class": "trouble", "role": "alert"}, element("ul", {}, *left))
    content = joined(
        alert if left else NOTHING,
        element("ul", {"class": "outcomes"}, *rows) if rows else NOTHING,
    )
    moves = (space(), done, again) if left else (space(), done)
    return Sheet(_headline(t, report), content, moves, line(_summary(scene, report), "lead"))


def _headline(t: Texts, report: PanicReport) -> str:
    if report.left:
        return t("Not everything could be deleted")
    if report.is_complete:
        return t("Everything is revoked")
    return t("Deleted here, but not revoked everywhere")


def _summary(scene: Scene, report: PanicReport) -> str:
    t, app = scene.texts, scene.app_name
    if report.left:
        return t("Something of {app} is still on this computer:", app=app)
    return t("Nothing of your sign-ins to {app} is left on this computer.", app=app)


def _row(scene: Scene, account: Account, end: AccountEnd | None) -> Markup:
    name = tag("span", "name", element("bdi", {}, person_of(account)))
    who = element("span", {"class": "who"}, name, *_said(scene, account, end))
    return element("li", {}, face(scene.desk, account), who)


def _said(scene: Scene, account: Account, end: AccountEnd | None) -> list[Markup]:
    t, provider = scene.texts, scene.title_of(account.provider)
    if end is None:
        return [tag("span", "said soft", t("Telling {provider}…", provider=provider))]
    mood = "good" if end.revocation in _GOOD else "bad"
    said = [tag("span", f"said {mood}", _sentence(t, end.revocation, provider))]
    if mood == "bad" and end.valid_until is not None:
        words = t.pattern(later("What it gave this computer may stay valid until {when}."))
        said.append(moment(words, end.valid_until, style="time", kind="said soft"))
    if mood == "bad":
        advice = t("To be sure, end the session in your account at {provider}.", provider=provider)
        said.append(tag("span", "said soft", advice))
    return said


def _sentence(t: Texts, revocation: Revocation, provider: str) -> str:
    match revocation:
        case Revocation.REVOKED:
            return t("{provider} confirmed that the access is revoked.", provider=provider)
        case Revocation.NOTHING:
            return t("There was nothing left to revoke.")
        case Revocation.UNSUPPORTED:
            return t("{provider} has no way to be told that access ends.", provider=provider)
        case Revocation.UNREACHABLE:
            return t("{provider} could not be reached.", provider=provider)
        case Revocation.UNCONFIRMED:
            return t("{provider} did not confirm that the access is revoked.", provider=provider)
        case Revocation.UNKNOWN:
            return t(
                "What was stored could not be read, so {provider} was not told.", provider=provider
            )


def _remainder(t: Texts, remainder: Remainder, app: str) -> str:
    match remainder:
        case Remainder.TOKENS:
            return t("Your sign-ins. If the keyring is locked, unlock it, then try again.")
        case Remainder.ACCOUNTS:
            return t("The list of your accounts. Its file cannot be written.")
        case Remainder.BROWSING:
            return t(
                "What the sign-in windows of {app} remember. Close them, then try again.", app=app
            )
        case Remainder.PICTURES:
            return t("The pictures of your accounts.")
