"""One window of the application, spoken to over its page."""

import logging
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path
from typing import Protocol

from pywry_auth.account_index import Account
from pywry_auth.desktop.bridge.host_window import HostWindow, events_of, keep_until_exit, state_of
from pywry_auth.desktop.bridge.native_calls import NativeCalls
from pywry_auth.desktop.bridge.origins import Origins
from pywry_auth.desktop.bridge.public_face import public_marks, public_world
from pywry_auth.desktop.bridge.requests import Bucket, PageRequest, read_request
from pywry_auth.desktop.bridge.scripts import CHANNEL, boot_script, push_script
from pywry_auth.desktop.bridge.state_guard import StateGuard
from pywry_auth.desktop.button import face, facts_of, press
from pywry_auth.desktop.button_values import ButtonFace
from pywry_auth.desktop.values import AuthStatus, SignInControl
from pywry_auth.errors import AuthError
from pywry_auth.outcome import CallOutcome


logger = logging.getLogger(__name__)

NONCE_BYTES = 24
MAX_PICTURES = 6  # of up to 256 KiB; who has more accounts than that reads their names
MAX_WAITING = 8  # presses; a person does not make more before the first is seen


class Hooks(Protocol):
    """What the application adds to the button."""

    @property
    def manage(self) -> Callable[[], None] | None:
        """Shows its place to manage accounts in."""
        ...

    @property
    def avatar(self) -> Callable[[Account], Path | None] | None:
        """Gives the file with the picture of an account."""
        ...


class Connection:
    """
    Tells the page of one window what to show, and hears what is pressed there.

    A press counts only if it carries the word that was given to the top page of this load, if the
    native window is at a page of the application, and if a button shows that very thing.

    Args:
        window: of the application.
        auth: who signs in.
        origins: whose pages count; None takes the first page of the window.
        hooks: what the application adds.
    """

    def __init__(
        self, window: HostWindow, auth: SignInControl, origins: Origins | None, hooks: Hooks
    ) -> None:
        self._window = window
        self._auth = auth
        self._origins = origins
        self._hooks = hooks
        self._events = events_of(window)
        self._state = state_of(window)
        self._guard = StateGuard(self._state)
        self._native = NativeCalls()
        self._bucket = Bucket()
        self._changed = threading.Condition()
        self._requests: deque[PageRequest] = deque()
        self._is_loaded = False
        self._is_stale = False
        self._is_closed = False
        self._nonce = ""
        self._strayed = False
        self._unwatch: Callable[[], None] = _nothing

    def open(self) -> None:
        """Begin; the page is spoken to as soon as there is one."""
        before_load, loaded = self._events.before_load, self._events.loaded
        closed, state = self._events.closed, self._state
        before_load += self._on_before_load
        loaded += self._on_loaded
        closed += self._end
        state += self._on_state
        self._unwatch = self._auth.watch(self._on_status)
        threading.Thread(target=self._run, name="pywry-auth-bridge", daemon=True).start()
        if loaded.is_set():
            self._on_loaded()

    def close(self) -> None:
        """Let go of the window, whose button does nothing from then on; may be called again."""
        with self._changed:
            was_closed, self._is_closed = self._is_closed, True
            self._nonce = ""
            self._changed.notify_all()
        if was_closed:
            return
        self._unwatch()
        before_load, loaded = self._events.before_load, self._events.loaded
        closed, state = self._events.closed, self._state
        before_load -= self._on_before_load
        loaded -= self._on_loaded
        closed -= self._end
        state -= self._on_state

    # what others tell, each on a thread of theirs that must not wait

    def _end(self) -> None:
        # The handlers stay: an event that lets go of us here would be changed while it is told.
        with self._changed:
            was_closed, self._is_closed = self._is_closed, True
            self._nonce = ""
            self._changed.notify_all()
        if not was_closed:
            self._unwatch()
        keep_until_exit(self._window)

    def _on_before_load(self) -> None:
        self._guard.hold()
        with self._changed:
            self._nonce = ""
            self._requests.clear()

    def _on_loaded(self) -> None:
        self._guard.release()
        with self._changed:
            self._is_loaded = True
            self._changed.notify_all()

    def _on_status(self, _status: AuthStatus) -> None:
        with self._changed:
            self._is_stale = True
            self._changed.notify_all()

    def _on_state(self, _kind: str, key: str, value: object) -> None:
        if key != CHANNEL:
            return
        self._state.pop(CHANNEL, None)
        with self._changed:
            request = read_request(value, self._nonce)
            if request is None or not self._bucket.take(time.monotonic()):
                return
            if len(self._requests) < MAX_WAITING:
                self._requests.append(request)
                self._changed.notify_all()

    # what is done about it, on the thread of this window

    def _run(self) -> None:
        while (task := self._next()) is not None:
            task()

    def _next(self) -> Callable[[], None] | None:
        with self._changed:
            self._changed.wait_for(
                lambda: self._is_closed or self._is_loaded or self._is_stale or self._requests
            )
            if self._is_closed:
                return None
            if self._is_loaded:
                self._is_loaded = False
                return self._introduce
            if self._requests:
                request = self._requests.popleft()
                return lambda: self._obey(request)
            self._is_stale = False
            return self._tell

    def _introduce(self) -> None:
        """Make the page that has been loaded part of the application, where it is its own."""
        if not self._is_at_home():
            self._strayed = True
            return
        nonce = secrets.token_urlsafe(NONCE_BYTES)
        with self._changed:
            self._nonce = nonce
        marks = public_marks(tuple(self._auth.providers))
        script = boot_script(self._own(), nonce=nonce, marks=marks)
        self._native.ask(lambda: self._window.run_js(script))
        self._tell()

    def _tell(self) -> None:
        if not self._nonce:  # nobody there who listens; the next page is told when it comes
            return
        script = push_script(self._own(), self._world())
        self._native.ask(lambda: self._window.run_js(script))

    def _obey(self, request: PageRequest) -> None:
        found = (each.offered(request.verb, request.key) for each in self._faces().values())
        item = next((item for item in found if item is not None), None)
        if item is None or not self._is_at_home():
            logger.debug("bridge.refused", extra={"verb": request.verb.value})
            return
        try:
            press(item, self._auth, manage=self._manage)
        except AuthError as exc:
            logger.warning("bridge.failed", extra={"verb": request.verb.value, "reason": exc.code})

    def _manage(self) -> None:
        # Of the application, and may wait for the person to close it again.
        if self._hooks.manage is not None:
            name = "pywry-auth-bridge-manage"
            threading.Thread(target=self._hooks.manage, name=name, daemon=True).start()

    # what it is made from

    def _own(self) -> Origins:
        if self._origins is None:
            self._origins = Origins.of_page(self._window.real_url)
        return self._origins

    def _is_at_home(self) -> bool:
        place = self._native.ask(lambda: (self._window.get_current_url(),))
        return place is not None and self._own().admit(place[0], strayed=self._strayed)

    def _faces(self) -> dict[str, ButtonFace]:
        status, can_manage = self._auth.status, self._hooks.manage is not None
        names = ["", *(choice.name for choice in self._auth.providers)]
        return {
            name: face(status, facts_of(self._auth, provider=name, can_manage=can_manage))
            for name in names
        }

    def _world(self) -> dict[str, object]:
        facts = facts_of(self._auth)
        return public_world(self._auth.status, self._faces(), facts, self._pictures(facts.accounts))

    def _pictures(self, accounts: Iterable[Account]) -> dict[str, Path]:
        give = self._hooks.avatar
        if give is None:
            return {}
        outcome: CallOutcome[dict[str, Path | None]] = CallOutcome()
        with outcome:  # of the application: whatever goes wrong there, the button goes on
            outcome.gave({each.key: give(each) for each in islice(accounts, MAX_PICTURES)})
        if outcome.error is not None:
            logger.warning("bridge.no_pictures", extra={"reason": type(outcome.error).__name__})
            return {}
        return {key: path for key, path in outcome.result().items() if path is not None}


def _nothing() -> None:
    """Stand for what is not there yet."""
