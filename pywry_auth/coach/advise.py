"""From an error to what is said about it."""

from pywry_auth.coach.values import Action, Advice
from pywry_auth.errors import AuthError
from pywry_auth.ui.texts import ENGLISH, Texts


def advise(error: AuthError, *, texts: Texts = ENGLISH) -> Advice:
    """Say in plain words what *error* means, and what can be done."""
    action = Action.RETRY if error.retryable else Action.DEVELOPER
    return Advice(error.code, texts(error.message), error.hint, action)


def page_trouble(url: str, title: str, text: str) -> str | None:
    """
    Name the trouble that a page in the sign-in window shows, after which no redirect comes.

    Args:
        url: the address of the page, with query and fragment.
        title: its title.
        text: what a person can read on it.

    Returns:
        The code of the advice, as ``page_advice`` gives it whole; None for any other page.
    """
    found = page_advice(url, title, text)
    return None if found is None else found.code


def page_advice(url: str, title: str, text: str, *, texts: Texts = ENGLISH) -> Advice | None:
    """Say in plain words what a page means after which no redirect comes; as ``page_trouble``."""
    from pywry_auth.coach.page import trouble_on
    from pywry_auth.coach.say import sentence
    from pywry_auth.coach.tables import fitting

    trouble = trouble_on(url, title, text)
    entry = None if trouble is None else next(fitting(trouble), None)
    if entry is None:
        return None
    return Advice(entry.code, sentence(entry.say, texts), entry.fix, entry.action, entry.source)
