"""The pages about accounts, as the server of pages asks for them."""

import threading
from collections.abc import Mapping
from dataclasses import replace

from pywry_auth.desktop.accounts_page.control import AccountsControl
from pywry_auth.desktop.accounts_page.desk import Screen, Verb
from pywry_auth.desktop.accounts_page.kept import kept_where
from pywry_auth.desktop.accounts_page.office import Office
from pywry_auth.desktop.accounts_page.pieces import Purpose, Scene, whole
from pywry_auth.desktop.accounts_page.views import sheet
from pywry_auth.desktop.pages.commands import Command, Fields, RefusedCommandError, Text
from pywry_auth.desktop.pages.frame import Frame
from pywry_auth.desktop.pages.pictures import Marks, picture
from pywry_auth.desktop.pages.site import JsonValue, Served
from pywry_auth.desktop.picture_format import picture_format
from pywry_auth.errors import StoreError
from pywry_auth.private_files import read_private


MAX_NAME = 300  # characters of the name of a provider
_WORDS: Mapping[Verb, str] = {
    Verb.CHOOSE: "account",
    Verb.OUT: "account",
    Verb.PROVIDER: "provider",
}


class AccountsSite:
    """
    Shows what the office knows, and passes on what a person does.

    Args:
        office: knows what there is to show.
        control: the application's.
        purpose: what the page is opened for.
    """

    def __init__(self, office: Office, control: AccountsControl, purpose: Purpose) -> None:
        self._office = office
        self._control = control
        self._purpose = purpose
        self._frame = Frame(("pages/style.css", "desktop/accounts.css"), "desktop/accounts.js")
        self._marks = Marks()
        #: set once somebody was shown that it is over
        self.end_was_shown = threading.Event()

    @property
    def verbs(self) -> Mapping[str, Fields]:
        """What the pages may ask for."""
        return {
            str(verb): {_WORDS[verb]: Text(MAX_NAME)} if verb in _WORDS else {} for verb in Verb
        }

    def page(self, name: str) -> Served | None:
        """Give the page, or one of its pictures."""
        kind, _, word = name.partition("-")
        match kind:
            case "":
                return self._document()
            case "face":
                return self._face(word)
            case "mark":
                return self._marks.numbered(word, self._control.providers)
            case _:
                return None

    async def act(self, command: Command) -> Mapping[str, JsonValue]:
        """
        Do what a person asked for, and give the number of what is shown now.

        Raises:
            RefusedCommandError: it cannot be asked for now.
        """
        verb = Verb(command.verb)
        word = command.values.get(_WORDS.get(verb, ""), "")
        if not self._office.do(verb, word):
            raise RefusedCommandError("this cannot be asked for now")
        return {"number": self._office.number}

    def _document(self) -> Served:
        control, texts = self._control, self._control.texts
        scene = Scene(
            self._office.desk,
            self._purpose,
            control.app_name,
            tuple(control.providers),
            texts,
            kept=kept_where(control.store_identity, texts),
            notice=self._office.notice,
        )
        marks = frozenset(choice.name for choice in scene.choices if self._marks.has(choice))
        shown = sheet(replace(scene, marks=marks))
        if scene.desk.screen is Screen.LEFT:
            self.end_was_shown.set()
        title = texts("{app}: {step}", step=shown.title, app=control.app_name)
        return self._frame.document(title, whole(scene, shown), texts=texts)

    def _face(self, name: str) -> Served | None:
        path = self._office.desk.pictures.get(name)
        try:
            content = None if path is None else read_private(path)
        except (OSError, StoreError):
            return None
        found = picture_format(content or b"")
        return None if content is None or found is None else picture(content, found.kind)
