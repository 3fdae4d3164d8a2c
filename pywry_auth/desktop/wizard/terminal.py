"""The first run where no page can be shown: a few questions in a terminal."""

import sys
from collections.abc import Callable, Sequence

from pywry_auth.account_index import Account
from pywry_auth.coach.advise import advise
from pywry_auth.desktop.person import person_of
from pywry_auth.desktop.scope_words import plain_words
from pywry_auth.desktop.values import ProviderChoice
from pywry_auth.desktop.wizard.control import WizardControl
from pywry_auth.errors import AuthError


Ask = Callable[[str], str]
Say = Callable[[str], object]


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def run_in_terminal(control: WizardControl, *, ask: Ask = input, say: Say = _say) -> Account | None:
    """
    Ask where to sign in, do it, and ask whether that is who it was meant to be.

    The sign-in itself shows an address to open anywhere, and takes what comes back.

    Returns:
        Who signed in; None where the person gave up.
    """
    t = control.texts
    say(t("Welcome to {app}", app=control.app_name))
    try:
        choice = _chosen(control, ask, say)
        if choice is None:
            return None
        _say_accesses(control, choice, say)
        return _signed_in(control, choice, ask, say)
    except (EOFError, KeyboardInterrupt):
        return None


def _chosen(control: WizardControl, ask: Ask, say: Say) -> ProviderChoice | None:
    t, choices = control.texts, tuple(control.providers)
    if len(choices) == 1:
        return choices[0]
    for number, choice in enumerate(choices, 1):
        say(f"  {number}  {choice.title}")
    while answer := ask(t("How do you want to sign in? Number:") + " ").strip():
        found = _numbered(answer, choices)
        if found is not None:
            return found
    return None


def _numbered(answer: str, choices: Sequence[ProviderChoice]) -> ProviderChoice | None:
    if not answer.isascii() or not answer.isdigit() or not 1 <= int(answer) <= len(choices):
        return None
    return choices[int(answer) - 1]


def _say_accesses(control: WizardControl, choice: ProviderChoice, say: Say) -> None:
    sentences, unknown = plain_words(choice.scopes, control.texts)
    if not sentences and not unknown:
        return
    say(control.texts("{app} would like to", app=control.app_name))
    for line in (*sentences, *unknown):
        say(f"  - {line}")


def _signed_in(
    control: WizardControl, choice: ProviderChoice, ask: Ask, say: Say
) -> Account | None:
    t = control.texts
    enter = control.sign_in
    while True:
        try:
            account = enter(choice.name)
        except AuthError as exc:
            say(advise(exc, texts=t).sentence)
            return None
        say(t("You are signed in as {name}.", name=person_of(account)))
        answer = ask(t("Press Enter to go on, or type + for another account:") + " ")
        if answer.strip() != "+":
            return account
        enter = control.add
