"""The wizard's pages, as the server of pages asks for them."""

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from pywry_auth.desktop.pages.commands import Command, Fields, RefusedCommandError, Text
from pywry_auth.desktop.pages.frame import Frame
from pywry_auth.desktop.pages.pictures import Marks, picture
from pywry_auth.desktop.pages.site import JsonValue, Served
from pywry_auth.desktop.wizard.guide import Guide
from pywry_auth.desktop.wizard.layout import Masthead, whole
from pywry_auth.desktop.wizard.steps import OF_THE_PERSON, Event, Move, Step
from pywry_auth.desktop.wizard.theme import Theme
from pywry_auth.desktop.wizard.views import Scene, sheet


MAX_NAME = 300  # characters of the name of a provider
_HOST = re.compile(r"[A-Za-z0-9.-]+(?::[0-9]+)?")
_MARK = "mark-"

_FIELDS: Mapping[Move, Fields] = {
    Move.CHOOSE: {"provider": Text(MAX_NAME)},
    Move.FIND: {"text": Text()},
}


class WizardSite:
    """
    Shows where the person stands, and passes on what they do.

    Args:
        guide: knows where that is.
        scene: gives everything else there is to show.
        theme: the application's own.
    """

    def __init__(self, guide: Guide, *, scene: Callable[[], Scene], theme: Theme) -> None:
        self._guide = guide
        self._scene = scene
        self._logo = theme.picture()
        self._frame = Frame(
            ("pages/style.css", "desktop/wizard.css"),
            "desktop/wizard.js",
            extra_style=theme.style,
        )
        self._marks = Marks()
        #: set once somebody was shown that it is over
        self.end_was_shown = threading.Event()

    @property
    def verbs(self) -> Mapping[str, Fields]:
        """What the pages may ask for."""
        return {str(move): _FIELDS.get(move, {}) for move in OF_THE_PERSON}

    def page(self, name: str) -> Served | None:
        """Give the page, or one of its pictures."""
        if name == "":
            return self._document()
        if name == "logo":
            logo = self._logo
            return None if logo is None else picture(logo.content, logo.kind)
        if name.startswith(_MARK):
            return self._marks.numbered(name.removeprefix(_MARK), self._scene().choices)
        return None

    async def act(self, command: Command) -> Mapping[str, JsonValue]:
        """
        Make the move, and give the number of the state it led to.

        Raises:
            RefusedCommandError: there is no such move.
        """
        if command.verb not in OF_THE_PERSON:
            raise RefusedCommandError("this is no move of a person's")
        provider, text = command.values.get("provider", ""), command.values.get("text", "")
        await self._guide.move(Event(Move(command.verb), provider=provider, text=text))
        return {"number": self._guide.number}

    def _document(self) -> Served:
        scene = self._scene()
        marks = frozenset(choice.name for choice in scene.choices if self._marks.has(choice))
        place, texts = scene.place, scene.texts
        shown = sheet(replace(scene, marks=marks))
        body = whole(
            shown,
            place.step,
            masthead=Masthead(scene.app_name, has_logo=self._logo is not None),
            texts=texts,
            skipped=(0,) if len(scene.choices) == 1 and not scene.organisations else (),
        )
        title = texts("{app}: {step}", step=shown.title, app=scene.app_name)
        origin = "" if place.account is None else picture_origin(place.account.picture)
        served = self._frame.document(
            title, body, texts=texts, pictures=(origin,) if origin else ()
        )
        is_end = place.step is Step.LEFT
        return replace(served, taken=self.end_was_shown.set) if is_end else served


def picture_origin(address: str) -> str:
    """Give the one origin a policy must allow for the picture at *address*; "" for none."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    # What is not exactly a host would write its own rules into the policy.
    is_safe = parts.scheme == "https" and _HOST.fullmatch(parts.netloc) is not None
    return f"https://{parts.netloc}" if is_safe else ""
