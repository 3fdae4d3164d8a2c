"""The windows an application opens about accounts."""

import logging
import os
import threading
from collections.abc import Callable, Sequence

from pywry_auth.account_index import Account
from pywry_auth.desktop.accounts_page.control import AccountsControl
from pywry_auth.desktop.accounts_page.desk import Purpose
from pywry_auth.desktop.pages.server import PageServer
from pywry_auth.desktop.wizard.host import Showing, Stays
from pywry_auth.errors import WindowError
from pywry_auth.flow.running import awaited
from pywry_auth.flow.windows import WINDOW_VARIABLE, named_kind
from pywry_auth.interrupts import wait_for
from pywry_auth.runtime import LOOP
from pywry_auth.window.base import WindowKind
from pywry_auth.window.ladder import choose, look_around
from pywry_auth.window.staying import StayingWindow


logger = logging.getLogger(__name__)

WIDTH, HEIGHT = 480, 640  # pixels
FAREWELL = 2.0  # seconds in which a browser can fetch the page that says it is over


class _AccountsWindow:
    """
    Strictly private: one page about accounts, in a window of ours or in the browser.

    Args:
        auth: the application's ``DesktopAuth``.
        purpose: what it is opened for.
        window: ``"webview"``, ``"browser"``, or a window that stays.
        child_command: what starts the window's process where Python is embedded in a program.
    """

    def __init__(
        self,
        auth: AccountsControl,
        purpose: Purpose,
        window: Stays | WindowKind | str | None,
        child_command: Sequence[str] | None,
    ) -> None:
        self._auth = auth
        self._purpose = purpose
        self._window = named_kind(window, "window") if isinstance(window, str) else window
        self._child_command = child_command
        self._leave: Callable[[], None] | None = None
        self._is_closed = False

    def close(self) -> None:
        """Take the window away; whoever waits for it goes on, with None."""
        self._is_closed = True
        leave = self._leave
        if leave is not None:
            leave()

    def _run(self) -> Account | None:
        LOOP.refuse_here()
        self._is_closed = False
        return self._shown()

    def _shown(self) -> Account | None:
        native = self._is_native()
        server = PageServer(app_name=self._auth.app_name)
        showing = Showing(server, self._staying() if native else None)
        showing.open()
        # Only now: the window's own process takes longer to start than all this to load.
        from pywry_auth.desktop.accounts_page.visit import AccountsVisit

        visit = AccountsVisit(self._auth, self._purpose, server=server, showing=showing)
        self._leave = visit.leave
        if self._is_closed:  # while all this was made
            visit.leave()
        try:
            visit.start()
            return wait_for(visit.outcome)
        finally:
            self._leave = None
            visit.end()

    def _begun(self, on_done: Callable[[Account | None], object]) -> None:
        def run() -> None:
            try:
                account = self._shown()
            except WindowError as exc:
                logger.error("accounts.not_shown", extra={"reason": exc.message})  # noqa: TRY400
                account = None
            on_done(account)

        self._is_closed = False
        threading.Thread(target=run, name="pywry-auth-accounts-window", daemon=True).start()

    def _is_native(self) -> bool:
        wanted = self._window
        if wanted is not None and not isinstance(wanted, WindowKind):
            return True
        if wanted is None:
            wanted = named_kind(
                os.environ.get(WINDOW_VARIABLE, "") or WindowKind.AUTO, WINDOW_VARIABLE
            )
        kind = choose(wanted, look_around()).kind
        if kind is WindowKind.PASTE:
            raise WindowError(
                "no page can be shown here",
                hint="accounts(), switch(), sign_out() of DesktopAuth do the same without one",
            )
        return kind is WindowKind.WEBVIEW

    def _staying(self) -> Stays:
        if self._window is not None and not isinstance(self._window, WindowKind):
            return self._window
        return StayingWindow(
            title=self._auth.app_name,
            width=WIDTH,
            height=HEIGHT,
            child_command=self._child_command,
            language=self._auth.texts.language,
        )


class AccountPicker(_AccountsWindow):
    """
    Lets a person choose among the accounts that are signed in, add one, or sign one out.

        account = AccountPicker(auth).run()

    Whoever is chosen is the current account of the application from then on, and was signed in
    again in the same window where that was needed. Where no window can be shown the browser shows
    the page.

    Args:
        auth: the application's ``DesktopAuth``.
        window: ``"webview"``, ``"browser"``, or a window that stays; the best there is when left
            out.
        child_command: what starts the window's process where Python is embedded in a program.

    Raises:
        ConfigError: the window that was asked for is none.
    """

    def __init__(
        self,
        auth: AccountsControl,
        *,
        window: Stays | WindowKind | str | None = None,
        child_command: Sequence[str] | None = None,
    ) -> None:
        super().__init__(auth, Purpose.CHOOSE, window, child_command)

    def run(self) -> Account | None:
        """
        Show the picker, while the calling thread waits.

        Returns:
            Who was chosen; None where the person left it as it was.

        Raises:
            WindowError: nothing can be shown.
        """
        return self._run()

    async def arun(self) -> Account | None:
        """As ``run``, without blocking the running loop; whoever cancels the wait closes it."""
        return await awaited(self.run, self.close)

    def begin(self, on_done: Callable[[Account | None], object]) -> None:
        """
        Show the picker, and return at once.

        Args:
            on_done: told on another thread who was chosen, or None.
        """
        self._begun(on_done)


class ConnectedApps(_AccountsWindow):
    """
    The page of connected apps: who is signed in, since when, what the application may do there.

    Each account can be signed out, or all of them. It has the panic button, which is
    ``DesktopAuth.panic`` for people.

        ConnectedApps(auth).run()

    Args:
        auth: the application's ``DesktopAuth``.
        window: as for ``AccountPicker``.
        child_command: what starts the window's process where Python is embedded in a program.

    Raises:
        ConfigError: the window that was asked for is none.
    """

    def __init__(
        self,
        auth: AccountsControl,
        *,
        window: Stays | WindowKind | str | None = None,
        child_command: Sequence[str] | None = None,
    ) -> None:
        super().__init__(auth, Purpose.REVIEW, window, child_command)

    def run(self) -> None:
        """
        Show the page, while the calling thread waits until it is closed.

        Raises:
            WindowError: nothing can be shown.
        """
        self._run()

    async def arun(self) -> None:
        """As ``run``, without blocking the running loop; whoever cancels the wait closes it."""
        await awaited(self.run, self.close)

    def begin(self, on_done: Callable[[], object] = lambda: None) -> None:
        """
        Show the page, and return at once.

        Args:
            on_done: called on another thread once it is closed.
        """
        self._begun(lambda _account: on_done())
