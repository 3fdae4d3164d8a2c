"""How a sign-in button looks at one moment, whatever toolkit draws it."""

import logging
from collections.abc import Callable, Iterable, Sequence
from typing import assert_never

from pywry_auth.account_index import Account
from pywry_auth.desktop.button_values import (
    ButtonFace,
    ButtonFacts,
    MenuItem,
    Verb,
)
from pywry_auth.desktop.person import initials_of, person_of
from pywry_auth.desktop.values import AuthState, AuthStatus, ProviderChoice, SignInControl
from pywry_auth.errors import StoreError
from pywry_auth.ui.texts import Texts
from pywry_auth.window.base import WindowKind


logger = logging.getLogger(__name__)


def facts_of(
    control: SignInControl, *, provider: str = "", can_manage: bool = False
) -> ButtonFacts:
    """
    Ask *control* for what a face depends on; reads one small file.

    Args:
        control: who signs in.
        provider: the only provider this button is for; "" for all.
        can_manage: whether the application has a place to manage accounts in.
    """
    choices = control.providers
    only = [choice for choice in choices if choice.name == provider]
    return ButtonFacts(control.texts, tuple(only or choices), _accounts(control), can_manage)


def _accounts(control: SignInControl) -> tuple[Account, ...]:
    try:
        return tuple(control.accounts())
    except StoreError as exc:
        # A button without its list is worth more than no button: sign-in and sign-out work.
        logger.warning("button.accounts_unreadable", extra={"reason": exc.code})
        return ()


def face(status: AuthStatus, facts: ButtonFacts) -> ButtonFace:
    """Say how the button looks."""
    match status.state:
        case AuthState.SIGNED_OUT:
            return _signed_out(status, facts)
        case AuthState.OPENING:
            return _opening(status, facts)
        case AuthState.WAITING:
            return _waiting(status, facts)
        case AuthState.SIGNED_IN | AuthState.OFFLINE:
            return _signed_in(status, facts)
        case AuthState.ERROR:
            return _error(status, facts)
        case _:  # pragma: no cover
            assert_never(status.state)


def press(item: MenuItem, control: SignInControl, *, manage: Callable[[], None]) -> None:
    """
    Do what *item* asks for; returns at once.

    Args:
        item: what was pressed.
        control: who does it.
        manage: shows the application's place to manage accounts in.
    """
    match item.verb:
        case Verb.SIGN_IN | Verb.RETRY:
            control.begin_sign_in(item.key or None)
        case Verb.ADD:
            control.begin_add(item.key or None)
        case Verb.CANCEL:
            control.cancel()
        case Verb.OPEN_AGAIN:
            control.open_again()
        case Verb.MANAGE:
            manage()
        case Verb.SWITCH | Verb.SIGN_OUT:
            _press_account(item, control)
        case _:  # pragma: no cover
            assert_never(item.verb)


def _press_account(item: MenuItem, control: SignInControl) -> None:
    if item.verb is Verb.SIGN_OUT and not item.key:
        control.begin_sign_out()
        return
    known = next((account for account in _accounts(control) if account.key == item.key), None)
    current = control.status.account
    if known is None and current is not None and current.key == item.key:
        known = current
    if known is None:  # signed out by another window meanwhile: there is nothing left to do
        return
    if item.verb is Verb.SWITCH:
        control.begin_switch(known)
    else:
        control.begin_sign_out(known)


def _detail_of(account: Account, facts: ButtonFacts) -> str:
    """Tell two accounts of one person apart."""
    label = account.display_name if person_of(account) != account.display_name else ""
    title = facts.title_of(account.provider) if len(facts.providers) > 1 else ""
    return " · ".join(part for part in (label, title) if part)


def _signed_out(status: AuthStatus, facts: ButtonFacts) -> ButtonFace:
    t = facts.texts
    gone = status.account if status.needs_sign_in else None
    description = t("Please sign in again as {name}.", name=person_of(gone)) if gone else ""
    known = tuple(_switch(account, facts) for account in facts.accounts)
    # One provider, nobody to choose among: its own words on the button, as its terms ask for.
    only = facts.choice(gone.provider) if gone else None
    if only is None and len(facts.providers) == 1 and not known:
        only = facts.providers[0]
    if only is not None:
        item = _sign_in(only, Verb.SIGN_IN, t)
        return ButtonFace(
            status.state,
            item.label,
            item.label,
            description,
            live=description or t("Signed out"),
            press=item,
            mark=only.mark,
        )
    menu = (*known, *(_sign_in(choice, Verb.SIGN_IN, t) for choice in facts.providers))
    label = t("Sign in")
    return ButtonFace(
        status.state,
        label,
        label,
        description,
        live=description or t("Signed out"),
        menu=menu,
        menu_name=t("Ways to sign in") if menu else "",
    )


def _opening(status: AuthStatus, facts: ButtonFacts) -> ButtonFace:
    t = facts.texts
    label = t("Signing in…")
    return ButtonFace(
        status.state,
        label,
        label,
        live=label,
        beside=(MenuItem(Verb.CANCEL, t("Cancel")),),
        mark=_mark(status.provider, facts),
        busy=True,
    )


def _waiting(status: AuthStatus, facts: ButtonFacts) -> ButtonFace:
    t = facts.texts
    title = facts.title_of(status.provider)
    in_browser = status.window is WindowKind.BROWSER
    label = t("Continue in your browser") if in_browser else t("Continue in the sign-in window")
    sentence = t("Waiting for you to sign in with {provider}.", provider=title) if title else ""
    description = status.notice or sentence
    return ButtonFace(
        status.state,
        label,
        label,
        description,
        live=_sentences(label, description),
        beside=(
            MenuItem(Verb.OPEN_AGAIN, t("Open again")),
            MenuItem(Verb.CANCEL, t("Cancel")),
        ),
        mark=_mark(status.provider, facts),
        busy=True,
    )


def _signed_in(status: AuthStatus, facts: ButtonFacts) -> ButtonFace:
    t, account = facts.texts, status.account
    offline = status.state is AuthState.OFFLINE
    sentence = ""
    if offline or status.trouble is not None:  # somebody wanted more, and did not get it
        sentence = _trouble(status, t("You are offline. You stay signed in.") if offline else "")
    if account is None:  # signed in by a token alone, without a name
        name, initials = t("Signed in"), ""
        spoken = name
    else:
        name, initials = person_of(account), initials_of(account)
        spoken = t("{name}, your account", name=name)
    return ButtonFace(
        status.state,
        name,
        spoken,
        sentence,
        live=sentence or (t("Signed in as {name}", name=name) if account else name),
        menu=_account_menu(account, facts),
        initials=initials,
        account=account,
        menu_name=t("Your accounts"),
    )


def _error(status: AuthStatus, facts: ButtonFacts) -> ButtonFace:
    t = facts.texts
    sentence = _trouble(status, t("The sign-in did not succeed."))
    label = t("Try again")
    choice = facts.choice(status.provider) or (facts.providers[0] if facts.providers else None)
    again = MenuItem(Verb.RETRY, label, choice.name if choice else "")
    others = [other for other in facts.providers if choice is None or other.name != choice.name]
    return ButtonFace(
        status.state,
        label,
        label,
        sentence,
        live=sentence,
        press=again,
        beside=tuple(_sign_in(other, Verb.SIGN_IN, t) for other in others),
        mark=choice.mark if choice else "",
        account=status.account,
    )


def _account_menu(account: Account | None, facts: ButtonFacts) -> tuple[MenuItem, ...]:
    t = facts.texts
    current = account.key if account else ""
    known: Sequence[Account] = facts.accounts
    if account is not None and current not in {each.key for each in known}:
        known = (account, *known)
    return (
        *(_switch(each, facts, is_current=each.key == current) for each in known),
        *_additions(facts),
        *([MenuItem(Verb.MANAGE, t("Manage accounts"))] if facts.can_manage else ()),
        MenuItem(Verb.SIGN_OUT, t("Sign out"), current),
    )


def _additions(facts: ButtonFacts) -> Iterable[MenuItem]:
    t = facts.texts
    if len(facts.providers) == 1:
        return [MenuItem(Verb.ADD, t("Add another account"), facts.providers[0].name)]
    return [
        MenuItem(
            Verb.ADD,
            t("Add an account of {provider}", provider=choice.title),
            choice.name,
            mark=choice.mark,
        )
        for choice in facts.providers
    ]


def _switch(account: Account, facts: ButtonFacts, *, is_current: bool = False) -> MenuItem:
    return MenuItem(
        Verb.SWITCH,
        person_of(account),
        account.key,
        detail=_detail_of(account, facts),
        mark=_mark(account.provider, facts),
        is_current=is_current,
        initials=initials_of(account),
    )


def _sign_in(choice: ProviderChoice, verb: Verb, t: Texts) -> MenuItem:
    label = t("Sign in with {provider}", provider=choice.title)
    return MenuItem(verb, label, choice.name, mark=choice.mark)


def _mark(provider: str, facts: ButtonFacts) -> str:
    choice = facts.choice(provider)
    return choice.mark if choice else ""


def _trouble(status: AuthStatus, otherwise: str) -> str:
    return status.trouble.sentence if status.trouble and status.trouble.sentence else otherwise


def _sentences(*parts: str) -> str:
    return " — ".join(part for part in parts if part)
