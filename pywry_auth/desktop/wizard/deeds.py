"""What the wizard does in the world while its pages are seen."""

import threading
from collections.abc import Callable
from typing import Protocol

from pywry_auth.account_index import Account
from pywry_auth.coach.advise import advise
from pywry_auth.coach.values import Action, Advice
from pywry_auth.desktop.values import AuthState, AuthStatus
from pywry_auth.desktop.wizard.control import WizardControl
from pywry_auth.desktop.wizard.steps import Event, Move, Place
from pywry_auth.errors import AuthError, AuthFlowCancelled
from pywry_auth.outcome import CallOutcome
from pywry_auth.window.base import SignInWindow


class GivesWindow(Protocol):
    """Gives the window for one sign-in."""

    def __call__(self, *, by_browser: bool) -> SignInWindow:
        """Give the browser, or whatever is best."""
        ...


class SigningIn:
    """
    One sign-in at a time, on a thread of its own.

    Args:
        control: signs in.
        window: gives the window.
        tell: hears how it ended; called from any thread.
    """

    def __init__(
        self,
        control: WizardControl,
        *,
        window: GivesWindow,
        tell: Callable[[Event], None],
    ) -> None:
        self._control = control
        self._window = window
        self._tell = tell
        self._wanted: object | None = None
        self._thread: threading.Thread | None = None

    def begin(self, place: Place) -> None:
        """Sign in where *place* says."""
        ticket = self._wanted = object()
        before = self._thread
        self._thread = threading.Thread(
            target=self._run, args=(ticket, place, before), name="pywry-auth-wizard", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """End it; nobody hears of it any more."""
        self._wanted = None
        self._control.cancel()

    def heard(self, status: AuthStatus) -> None:
        """Stop once more what had not begun when it was stopped."""
        thread = self._thread
        is_late = self._wanted is None and thread is not None and thread.is_alive()
        if is_late and status.state in {AuthState.OPENING, AuthState.WAITING}:
            self._control.cancel()

    def _run(self, ticket: object, place: Place, before: threading.Thread | None) -> None:
        if before is not None:
            before.join()  # it has been cancelled, and two cannot go on at once
        if self._wanted is not ticket:
            return
        outcome: CallOutcome[Account] = CallOutcome()
        with outcome:
            outcome.gave(self._signed_in(place))
        if self._wanted is not ticket:
            return
        self._wanted = None
        self._tell(self._event(outcome))
        if outcome.error is not None and not isinstance(outcome.error, AuthError):
            raise outcome.error  # a defect, for the application's own excepthook

    def _signed_in(self, place: Place) -> Account:
        choice = next((c for c in self._control.providers if c.name == place.provider), None)
        window = self._window(
            by_browser=place.by_browser or (choice is not None and choice.by_browser)
        )
        if place.is_another:
            return self._control.add(place.provider, window=window)
        return self._control.sign_in(place.provider, window=window)

    def _event(self, outcome: CallOutcome[Account]) -> Event:
        match outcome.error:
            case None:
                return Event(Move.SIGNED_IN, account=outcome.result())
            case AuthFlowCancelled():
                return Event(Move.STOPPED)
            case AuthError() as error:
                return Event(Move.FAILED, advice=advise(error, texts=self._control.texts))
            case _:
                t = self._control.texts
                words = t("Something in the application broke. Try again.")
                return Event(
                    Move.FAILED, advice=Advice("unexpected", words, action=Action.DEVELOPER)
                )
