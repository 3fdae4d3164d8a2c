"""What Microsoft says when a sign-in fails."""

from functools import partial

from pywry_auth.coach.entry import Entry
from pywry_auth.coach.families import Family
from pywry_auth.coach.say import Say
from pywry_auth.coach.values import Action


_CODES = "https://learn.microsoft.com/entra/identity-platform/reference-error-codes"
_REPLY = "https://learn.microsoft.com/entra/identity-platform/reply-url"

_microsoft = partial(Entry, family=Family.MICROSOFT, source=_CODES, on_page=True)

_REGISTER = (
    "Add http://localhost under Authentication, Add a platform, Mobile and desktop applications, "
    "and use callback=CallbackOptions(host='localhost'); the port is then ignored. "
    "http://127.0.0.1 can only be added in the manifest."
)


def _is(*numbers: int) -> str:
    return rf"AADSTS(?:{'|'.join(map(str, numbers))})\b"


ENTRIES = (
    _microsoft(
        "AADSTS50011",
        "redirect_uri_mismatch",
        Say.SETUP,
        Action.DEVELOPER,
        _REGISTER,
        source=_REPLY,
        pattern=_is(50011),
    ),
    _microsoft(
        "redirect_uri_personal",
        "redirect_uri_mismatch",
        Say.SETUP,
        Action.DEVELOPER,
        _REGISTER,
        source=_REPLY,
        words=("invalid_request",),
        pattern="parameter 'redirect_uri' is not valid",
    ),
)
