"""What a page says to the person that leads nowhere, read where it is shown."""

import json
import re
from collections.abc import Callable
from typing import Protocol

from pywry_auth.coach.advise import page_advice
from pywry_auth.coach.values import Action
from pywry_auth.window.engine.roles import Page, Reading


MOST_TITLE, MOST_TEXT = 300, 4000  # characters; a page that tells of a trouble has a few hundred
#: milliseconds after a page came; scripts draw many of them a while later
LOOKS = (0, 700, 2500)

# Runs in a world of its own, which the page cannot see, in the page the person sees and none of
# its frames. What was typed into a form is no text of the page.
SCRIPT = f"""JSON.stringify([
document.title.slice(0, {MOST_TITLE}),
document.body ? document.body.innerText.slice(0, {MOST_TEXT}) : "",
typeof PublicKeyCredential !== "undefined"])"""

_PASSKEY = re.compile(
    r"\bpass-?keys?\b|\bsecurity keys?\b|\bwebauthn\b|\bfido2?\b|sicherheitsschl\u00fcssel"
    r"|cl\u00e9s? (?:de s\u00e9curit\u00e9|d.acc\u00e8s)|llaves? de (?:seguridad|acceso)"
    r"|claves? de acceso|chiav[ei] di (?:sicurezza|accesso)|chaves? de (?:seguran\u00e7a|acesso)"
    r"|\u30d1\u30b9\u30ad\u30fc|\u901a\u884c\u5bc6\u94a5|\u5b89\u5168\u5bc6\u94a5|\ud328\uc2a4\ud0a4",
    re.IGNORECASE,
)
_NOT_SECURE = re.compile(r"\bthis browser or app may not be secure\b", re.IGNORECASE)


NOTHING = Reading()


class Legible(Page, Protocol):
    """A page that can be read."""

    @property
    def is_discarded(self) -> bool:
        """Whether nothing of it may be touched any more."""
        ...

    def read(self, script: str, then: Callable[[str], None]) -> None:
        """Run *script* beside the page's own, and give its text to *then*."""
        ...


def look(
    page: Legible,
    *,
    later: Callable[[int, Callable[[], None]], None],
    then: Callable[[Page, str, Reading], None],
) -> None:
    """
    Look at *page* a few times after it came.

    Args:
        page: what the person sees.
        later: does something after some milliseconds, on this thread.
        then: told of each look, with the address that was read.
    """

    def once() -> None:
        if page.is_discarded:
            return
        url = page.url()
        page.read(SCRIPT, lambda said: then(page, url, read(url, said)))

    for delay in LOOKS:
        later(delay, once)


def read(url: str, said: str) -> Reading:
    """Conclude from what the script *said* of the page at *url*."""
    found = _parsed(said)
    if found is None:
        return NOTHING
    title, text, has_passkeys = found
    wants_passkey = not has_passkeys and _PASSKEY.search(f"{title}\n{text}") is not None
    advice = page_advice(url, title, text)
    if advice is not None:
        return Reading(advice.code, advice.action is Action.BROWSER, wants_passkey)
    if _NOT_SECURE.search(text):
        return Reading("embedded_refused", refuses_windows=True, wants_passkey=wants_passkey)
    return Reading(wants_passkey=wants_passkey)


def _parsed(said: str) -> tuple[str, str, bool] | None:
    try:
        value: object = json.loads(said)
        if isinstance(value, str):  # some engines give every answer as JSON once more
            value = json.loads(value)
    except ValueError:
        return None
    match value:
        case [str() as title, str() as text, bool() as has_passkeys]:
            return title[:MOST_TITLE], text[:MOST_TEXT], has_passkeys
        case _:
            return None
