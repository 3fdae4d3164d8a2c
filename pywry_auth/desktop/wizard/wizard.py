"""The first run of an application, as the application starts it."""

import logging
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path

from pywry_auth.account_index import Account
from pywry_auth.desktop.naming import Places
from pywry_auth.desktop.pages.server import PageServer
from pywry_auth.desktop.wizard.control import WizardControl
from pywry_auth.desktop.wizard.host import Showing, Stays
from pywry_auth.desktop.wizard.known import MakeProvider
from pywry_auth.desktop.wizard.theme import Theme
from pywry_auth.desktop.wizard.wishes import Wishes
from pywry_auth.errors import WindowError
from pywry_auth.flow.running import awaited
from pywry_auth.flow.windows import WINDOW_VARIABLE, named_kind
from pywry_auth.interrupts import wait_for
from pywry_auth.runtime import LOOP
from pywry_auth.window.base import WindowKind
from pywry_auth.window.ladder import choose, look_around
from pywry_auth.window.staying import StayingWindow


logger = logging.getLogger(__name__)

WIDTH, HEIGHT = 520, 720  # pixels; as wide as providers draw their pages for a telephone


class FirstRunWizard:
    """
    Takes a new person from a welcome to a signed-in account, in one window.

        account = auth.silent() or FirstRunWizard(auth).run()

    The pages are the application's own, the provider's page comes in the same window. Whatever
    kills the program on the way, the next wizard goes on at the same step; it starts anew after
    the person has closed it. Where no window can be shown the browser shows the pages, and without
    that a few questions are asked in the terminal.

    Args:
        auth: the application's ``DesktopAuth``.
        theme: its colours, logo and words.
        reasons: why it asks for a scope, by scope, in the person's language.
        organisations: makes a provider of the issuer of an organisation that the person named, or
            None to refuse it; nobody is asked for an organisation when left out. Give the same
            function to ``restore_organisations`` at each start.
        window: ``"webview"``, ``"browser"``, ``"paste"``, or a window that stays; the best there is
            when left out.
        child_command: what starts the window's process where Python is embedded in a program.
        folder: where it is remembered how far a person came; the application's own when left out.

    Raises:
        ConfigError: something about these settings cannot be.
    """

    def __init__(  # each is a setting of its own, all but one by keyword
        self,
        auth: WizardControl,
        *,
        theme: Theme | None = None,
        reasons: Mapping[str, str] | None = None,
        organisations: MakeProvider | None = None,
        window: Stays | WindowKind | str | None = None,
        child_command: Sequence[str] | None = None,
        folder: Path | None = None,
    ) -> None:
        self._auth = auth
        self._wishes = Wishes(
            theme or Theme(),
            folder or Places(auth.app_id).folder,
            reasons=dict(reasons or {}),
            organisations=organisations,
        )
        self._wishes.theme.picture()  # so that a wrong one is told where it was given
        self._window = named_kind(window, "window") if isinstance(window, str) else window
        self._child_command = child_command
        self._leave: Callable[[], None] | None = None

    def run(self) -> Account | None:
        """
        Show the wizard, while the calling thread waits.

        Returns:
            Who signed in, and said so; None where the person left.

        Raises:
            ConfigError: the window that was asked for is none.
            WindowError: nothing can be shown, and there is no terminal.
        """
        LOOP.refuse_here()
        kind = self._kind()
        if kind is WindowKind.PASTE:
            from pywry_auth.desktop.wizard.terminal import run_in_terminal

            return run_in_terminal(self._auth)
        outcome, end = self._started(kind)
        try:
            return wait_for(outcome)
        finally:
            end()

    async def arun(self) -> Account | None:
        """As ``run``, without blocking the running loop; whoever cancels the wait closes it."""
        return await awaited(self.run, self.close)

    def begin(self, on_done: Callable[[Account | None], object]) -> None:
        """
        Show the wizard, and return at once.

        Args:
            on_done: told on another thread who signed in, or None.
        """

        def run() -> None:
            try:
                account = self.run()
            except WindowError as exc:
                logger.error("wizard.not_shown", extra={"reason": exc.message})  # noqa: TRY400
                account = None
            on_done(account)

        threading.Thread(target=run, name="pywry-auth-first-run", daemon=True).start()

    def close(self) -> None:
        """Take the wizard away; whoever waits for it gets None, and the next one goes on there."""
        leave = self._leave
        if leave is not None:
            leave()

    def _kind(self) -> WindowKind:
        wanted = self._window
        if wanted is not None and not isinstance(wanted, WindowKind):
            return WindowKind.WEBVIEW
        if wanted is None:
            wanted = named_kind(
                os.environ.get(WINDOW_VARIABLE, "") or WindowKind.AUTO, WINDOW_VARIABLE
            )
        return choose(wanted, look_around()).kind

    def _started(self, kind: WindowKind) -> tuple[Future[Account | None], Callable[[], None]]:
        server = PageServer(app_name=self._auth.app_name)
        showing = Showing(server, self._staying() if kind is WindowKind.WEBVIEW else None)
        showing.open()
        try:
            return self._following(server, showing)
        except BaseException:
            showing.close()
            server.close()
            raise

    def _following(
        self, server: PageServer, showing: Showing
    ) -> tuple[Future[Account | None], Callable[[], None]]:
        # Only now: the window's own process takes longer to start than all this to load.
        from pywry_auth.desktop.wizard.first_run import FirstRun

        run = FirstRun(self._auth, self._wishes, server=server, showing=showing)
        self._leave = run.leave
        run.start()
        return run.outcome, run.end

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
