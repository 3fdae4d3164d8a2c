"""What is known of an error that was raised."""

import re
from collections.abc import Iterator

from pywry_auth.coach.entry import Trouble
from pywry_auth.coach.families import Family, family_named, family_of
from pywry_auth.errors import (
    AuthError,
    CallbackError,
    RegistrationError,
    StoreError,
    TokenError,
)


MAX_SAID = 2000  # characters of each text; the longest a provider sends has some 400
MAX_CAUSES = 8
_MICROSOFT = re.compile(r"\bAAD(?:STS|B2C)\d")


def trouble_of(error: AuthError, issuer: str) -> Trouble:
    """
    Read what *error* and its causes say.

    Args:
        error: what was raised.
        issuer: the provider's issuer or any address of it, or "".
    """
    error = _innermost(error)
    word, description = _of_the_server(error)
    said = "\n".join((error.message, description, *_causes(error)))
    return Trouble(
        _family(error, issuer, said), frozenset({word.lower()} if word else ()), said, error
    )


def _innermost(error: AuthError) -> AuthError:
    # A sign-in that could not be kept is an AuthenticationError about a StoreError.
    cause = error.__cause__
    return cause if isinstance(cause, StoreError) else error


def _of_the_server(error: AuthError) -> tuple[str, str]:
    match error:
        case CallbackError() | TokenError() | RegistrationError():
            return error.error or "", (error.error_description or "")[:MAX_SAID]
        case _:
            return "", ""


def _causes(error: BaseException) -> Iterator[str]:
    # Only to tell one trouble from another: what systems say there may quote what nobody may see.
    below = error.__cause__ or error.__context__
    for _ in range(MAX_CAUSES):
        if below is None:
            return
        yield f"{type(below).__name__}: {below}"[:MAX_SAID]
        below = below.__cause__ or below.__context__


def _family(error: AuthError, issuer: str, said: str) -> Family:
    known = family_of(issuer) if issuer else Family.ANY
    if known is Family.ANY:
        known = family_named(error.provider)
    if known is Family.ANY and _MICROSOFT.search(said):
        return Family.MICROSOFT
    return known
