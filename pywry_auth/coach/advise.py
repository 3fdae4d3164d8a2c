"""From an error to what is said about it."""

from pywry_auth.coach.values import Action, Advice
from pywry_auth.errors import AuthError
from pywry_auth.ui.texts import ENGLISH, Texts


def advise(error: AuthError, *, texts: Texts = ENGLISH) -> Advice:
    """Say in plain words what *error* means, and what can be done."""
    action = Action.RETRY if error.retryable else Action.DEVELOPER
    return Advice(error.code, texts(error.message), error.hint, action)
