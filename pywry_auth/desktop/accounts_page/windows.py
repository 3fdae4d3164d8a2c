"""The windows an application opens about accounts."""

from collections.abc import Callable, Sequence

from pywry_auth.account_index import Account
from pywry_auth.desktop.accounts_page.control import AccountsControl
from pywry_auth.desktop.accounts_page.desk import Purpose
from pywry_auth.desktop.pages.opening import Opening, Visit, WindowWish
from pywry_auth.desktop.pages.server import PageServer
from pywry_auth.desktop.pages.stage import Stage, Stays
from pywry_auth.errors import WindowError
from pywry_auth.window.base import WindowKind


SIZE = (480, 640)  # pixels


class _AccountsWindow:
    """
    Strictly private: one page about accounts, in a window of ours or in the browser.

    Args:
        auth: the application's ``DesktopAuth``.
        purpose: what it is opened for.
        wish: where it is shown.
    """

    def __init__(self, auth: AccountsControl, purpose: Purpose, wish: WindowWish) -> None:
        self._auth = auth
        self._purpose = purpose
        self._opening = Opening(auth, wish, visit=self._visit, pageless=_refuse)

    def close(self) -> None:
        """Take the window away; whoever waits for it goes on, with None."""
        self._opening.close()

    def _visit(self, server: PageServer, stage: Stage) -> Visit:
        from pywry_auth.desktop.accounts_page.visit import AccountsVisit

        return AccountsVisit(self._auth, self._purpose, server=server, stage=stage)


def _refuse() -> Account | None:
    raise WindowError(
        "no page can be shown here",
        hint="accounts(), switch(), sign_out() of DesktopAuth do the same without one",
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
        super().__init__(auth, Purpose.CHOOSE, WindowWish.of(window, child_command, SIZE))

    def run(self) -> Account | None:
        """
        Show the picker, while the calling thread waits.

        Returns:
            Who was chosen; None where the person left it as it was.

        Raises:
            WindowError: nothing can be shown.
        """
        return self._opening.run()

    async def arun(self) -> Account | None:
        """As ``run``, without blocking the running loop; whoever cancels the wait closes it."""
        return await self._opening.arun()

    def begin(self, on_done: Callable[[Account | None], object]) -> None:
        """
        Show the picker, and return at once.

        Args:
            on_done: told on another thread who was chosen, or None.
        """
        self._opening.begin(on_done)


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
        super().__init__(auth, Purpose.REVIEW, WindowWish.of(window, child_command, SIZE))

    def run(self) -> None:
        """
        Show the page, while the calling thread waits until it is closed.

        Raises:
            WindowError: nothing can be shown.
        """
        self._opening.run()

    async def arun(self) -> None:
        """As ``run``, without blocking the running loop; whoever cancels the wait closes it."""
        await self._opening.arun()

    def begin(self, on_done: Callable[[], object] = lambda: None) -> None:
        """
        Show the page, and return at once.

        Args:
            on_done: called on another thread once it is closed.
        """
        self._opening.begin(lambda _account: on_done())
