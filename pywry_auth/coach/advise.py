"""From an error to what is said about it."""

from pywry_auth.coach.entry import Entry
from pywry_auth.coach.say import sentence
from pywry_auth.coach.values import Advice
from pywry_auth.errors import AuthError
from pywry_auth.ui.texts import ENGLISH, Texts


def advise(error: AuthError, *, texts: Texts = ENGLISH, issuer: str = "") -> Advice:
    """
    Say in plain words what *error* means, and what can be done.

    The sentence never repeats anything that a provider, a person or the system said.

    Args:
        error: what was raised.
        texts: the language of the person.
        issuer: the provider's issuer, or any address of it; it tells apart what the same word
            means at different providers. Without it the name in the error counts.
    """
    from pywry_auth.coach.raised import trouble_of
    from pywry_auth.coach.tables import fitting, seen_on_page
    from pywry_auth.coach.usual import usual

    trouble = trouble_of(error, issuer)
    entry = seen_on_page(trouble) or next(fitting(trouble), None)
    if entry is not None:
        return _advice(entry, texts)
    innermost = trouble.error or error
    found = usual(innermost)
    code = found.code or innermost.code
    return Advice(code, sentence(found.say, texts), error.hint, found.action)


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
    from pywry_auth.coach.tables import fitting

    trouble = trouble_on(url, title, text)
    entry = None if trouble is None else next(fitting(trouble), None)
    if entry is None:
        return None
    return _advice(entry, texts)


def _advice(entry: Entry, texts: Texts) -> Advice:
    return Advice(entry.code, sentence(entry.say, texts), entry.fix, entry.action, entry.source)
