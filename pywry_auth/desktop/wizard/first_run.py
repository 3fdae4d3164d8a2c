"""One first run, from its first page to its end."""

import threading
from collections.abc import Callable
from concurrent.futures import Future

from pywry_auth.account_index import Account
from pywry_auth.desktop.pages.server import PageServer
from pywry_auth.desktop.pages.stage import Stage
from pywry_auth.desktop.values import AuthStatus
from pywry_auth.desktop.wizard.control import WizardControl
from pywry_auth.desktop.wizard.deeds import SigningIn
from pywry_auth.desktop.wizard.guide import Guide
from pywry_auth.desktop.wizard.known import Known, restore_organisations
from pywry_auth.desktop.wizard.memory import Memory, Remembered
from pywry_auth.desktop.wizard.resume import resumed
from pywry_auth.desktop.wizard.search import Search
from pywry_auth.desktop.wizard.site import WizardSite
from pywry_auth.desktop.wizard.steps import Effect, Event, Move, Offer, Place, Step
from pywry_auth.desktop.wizard.views import Scene
from pywry_auth.desktop.wizard.wishes import Wishes
from pywry_auth.errors import StoreError, WindowError
from pywry_auth.runtime import LOOP
from pywry_auth.window.base import SignInWindow


#: seconds without any page in a browser, which tells nobody of a closed tab; a tab that was put to
#: sleep comes back within them
ABSENCE = 300.0


class Absence:
    """
    Notices that no page has been open for a long time; belongs to the package's loop.

    Args:
        on_long: called then.
    """

    def __init__(self, on_long: Callable[[], None]) -> None:
        self._on_long = on_long
        self._waiting: Callable[[], None] = self._nothing
        self._is_over = False

    def noticed(self, is_there: bool) -> None:  # noqa: FBT001  # what is noticed, not a switch
        """Hear whether a page is open."""
        self._waiting()
        self._waiting = self._nothing
        if not is_there and not self._is_over:
            import asyncio

            self._waiting = asyncio.get_running_loop().call_later(ABSENCE, self._on_long).cancel

    def end(self) -> None:
        """Notice nothing any more."""
        self._is_over = True
        self._waiting()

    def _nothing(self) -> None:
        """Wait for nothing."""


class FirstRun:
    """
    Puts the parts together; its outcome is who signed in, or None.

    Args:
        control: signs in.
        wishes: what the application chose.
        server: of the pages, whose address has been opened already.
        stage: shows them.
    """

    def __init__(
        self, control: WizardControl, wishes: Wishes, *, server: PageServer, stage: Stage
    ) -> None:
        self.outcome: Future[Account | None] = Future()
        self._control = control
        self._wishes = wishes
        self._server = server
        self._stage = stage
        self._texts = control.texts
        self._status = AuthStatus()
        if wishes.organisations is not None:
            restore_organisations(control, wishes.organisations, folder=wishes.folder)
        remembered = Memory(wishes.folder).read()
        self._guide = Guide(
            self._beginning(remembered),
            folder=wishes.folder,
            began_at=None if remembered is None else remembered.began_at,
            offer=self._offer,
            do=self._do,
            on_moved=self._moved,
        )
        self._site = WizardSite(self._guide, scene=self._scene, theme=wishes.theme)
        self._signing_in = SigningIn(control, window=self._window, tell=self.tell)
        self._search = self._make_search()
        self._absence = Absence(self._nobody_came)
        self._lock = threading.Lock()
        self._is_over = False
        self._unwatch = control.watch(self._heard)

    def start(self) -> None:
        """Begin to answer, and go on where an earlier first run was cut off."""
        self._server.on_presence = self._absence.noticed
        self._server.start(self._site)
        self._stage.follow(self)
        LOOP.call_soon(
            lambda: self._absence.noticed(is_there=False)
        )  # until the first page is there
        if self._guide.place.step is Step.SIGN_IN:
            LOOP.call_soon(lambda: self._do(Effect.SIGN_IN, self._guide.place))

    def tell(self, event: Event) -> None:
        """Let *event* happen; from any thread."""
        if event.move in {Move.SIGNED_IN, Move.FAILED}:
            self._stage.forward()
        LOOP.submit(self._guide.move(event))

    def gone(self, reason: WindowError | None) -> None:
        """Hear that nobody sees the pages any more."""
        if reason is not None:
            with self._lock:
                if not self.outcome.done():
                    self.outcome.set_exception(reason)
        self.tell(Event(Move.GONE))

    def handed_over(self) -> None:
        """Hear that the sign-in goes on in the browser."""
        self.tell(Event(Move.HANDED_OVER))

    def leave(self) -> None:
        """Let whoever waits go on; the next first run goes on where this one was."""
        self._settle(None)

    def end(self) -> None:
        """Take away everything that is still there; may be repeated."""
        with self._lock:
            if self._is_over:
                return
            self._is_over = True
        self._unwatch()
        if self._guide.place.step is Step.SIGN_IN:  # the program was interrupted
            self._signing_in.stop()
        LOOP.call_soon(self._absence.end)
        if self._search is not None:
            LOOP.call_soon(self._search.stop)
        if self._guide.place.step is Step.LEFT:
            self._stage.farewell(self._site.end_was_shown)
        self._stage.close()
        self._server.close()

    def _nobody_came(self) -> None:
        if not self._stage.is_native:  # a window says itself when it is closed
            self.leave()

    def _make_search(self) -> Search | None:
        make_provider = self._wishes.organisations
        if make_provider is None:
            return None
        return Search(
            self._control,
            make_provider=make_provider,
            known=Known(self._wishes.folder),
            tell=self.tell,
            microsoft=self._wishes.microsoft,
        )

    def _beginning(self, remembered: Remembered | None) -> Place:
        if remembered is None:
            return Place()
        try:
            accounts = self._control.accounts()
        except StoreError:
            accounts = []  # whoever is stored there cannot be used either
        return resumed(remembered, offer=self._offer(), accounts=accounts)

    def _offer(self) -> Offer:
        names = tuple(choice.name for choice in self._control.providers)
        return Offer(names, organisations=self._wishes.organisations is not None)

    def _scene(self) -> Scene:
        return Scene(
            self._guide.place,
            app_name=self._control.app_name,
            choices=tuple(self._control.providers),
            organisations=self._wishes.organisations is not None,
            texts=self._texts,
            status=self._status,
            reasons=self._wishes.reasons,
            words=self._wishes.theme.words,
        )

    def _window(self, *, by_browser: bool) -> SignInWindow:
        return self._stage.window(by_browser=by_browser)

    def _moved(self, number: int) -> None:
        self._server.tell("step", number=number)

    def _heard(self, status: AuthStatus) -> None:
        self._signing_in.heard(status)
        LOOP.call_soon(lambda: self._take(status))

    def _take(self, status: AuthStatus) -> None:
        self._status = status
        if self._guide.place.step is Step.SIGN_IN:
            self._guide.refresh()

    def _do(self, effect: Effect, place: Place) -> None:
        search = self._search
        match effect:
            case Effect.FIND | Effect.STOP_FINDING:
                if search is not None:
                    search.follow(place)
            case Effect.SIGN_IN:
                self._signing_in.begin(place)
            case Effect.STOP:
                self._signing_in.stop()
            case Effect.OPEN_AGAIN:
                self._control.open_again()
            case Effect.LEAVE:
                self._settle(place.account)

    def _settle(self, account: Account | None) -> None:
        with self._lock:
            if not self.outcome.done():
                self.outcome.set_result(account)
