"""One visit to a page about accounts, from its opening to its end."""

import threading

from pywry_auth.desktop.accounts_page.control import AccountsControl
from pywry_auth.desktop.accounts_page.desk import Purpose, Screen
from pywry_auth.desktop.accounts_page.office import Office
from pywry_auth.desktop.accounts_page.site import AccountsSite
from pywry_auth.desktop.pages.server import PageServer
from pywry_auth.desktop.pages.stage import Stage
from pywry_auth.errors import WindowError


class AccountsVisit:
    """
    Puts the parts together; its outcome is the account that was chosen, or None.

    Args:
        control: the application's.
        purpose: what the page is opened for.
        server: of the pages, whose address has been opened already.
        stage: shows them.
    """

    def __init__(
        self,
        control: AccountsControl,
        purpose: Purpose,
        *,
        server: PageServer,
        stage: Stage,
    ) -> None:
        self._server = server
        self._stage = stage
        self._lock = threading.Lock()
        self._is_over = False
        self._office = Office(
            control,
            purpose,
            window=stage.window,
            on_changed=lambda number: server.tell("step", number=number),
        )
        self.outcome = self._office.outcome
        self._site = AccountsSite(self._office, control, purpose)
        self._unwatch = control.watch(self._office.heard)

    def start(self) -> None:
        """Begin to answer."""
        self._server.start(self._site)
        self._office.begin()
        self._stage.follow(self)

    def gone(self, reason: WindowError | None) -> None:
        """Hear that nobody sees the page any more; what is being ended is ended all the same."""
        if reason is not None and not self.outcome.done():
            self.outcome.set_exception(reason)
        self._office.leave()

    def handed_over(self) -> None:
        """Do nothing: the status tells."""

    def leave(self) -> None:
        """Let whoever waits go on."""
        self._office.leave()

    def end(self) -> None:
        """Take away everything that is still there; may be repeated."""
        with self._lock:
            if self._is_over:
                return
            self._is_over = True
        self._unwatch()
        self._office.leave()
        if self._office.desk.screen is Screen.LEFT:
            self._stage.farewell(self._site.end_was_shown)
        self._stage.close()
        self._office.end()
        self._server.close()
