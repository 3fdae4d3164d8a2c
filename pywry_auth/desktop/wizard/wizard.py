"""The first run of an application, as the application starts it."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from pywry_auth.account_index import Account
from pywry_auth.desktop.naming import Places
from pywry_auth.desktop.pages.opening import Opening, Visit, WindowWish
from pywry_auth.desktop.pages.server import PageServer
from pywry_auth.desktop.pages.stage import Stage, Stays
from pywry_auth.desktop.wizard.control import WizardControl
from pywry_auth.desktop.wizard.known import MakeProvider
from pywry_auth.desktop.wizard.theme import Theme
from pywry_auth.desktop.wizard.wishes import Wishes
from pywry_auth.window.base import WindowKind


SIZE = (520, 720)  # pixels; as wide as providers draw their pages for a telephone


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
        self._opening = Opening(
            auth,
            WindowWish.of(window, child_command, SIZE),
            visit=self._visit,
            pageless=self._in_terminal,
        )

    def run(self) -> Account | None:
        """
        Show the wizard, while the calling thread waits.

        Returns:
            Who signed in, and said so; None where the person left.

        Raises:
            ConfigError: the window that was asked for is none.
            WindowError: nothing can be shown, and there is no terminal.
        """
        return self._opening.run()

    async def arun(self) -> Account | None:
        """As ``run``, without blocking the running loop; whoever cancels the wait closes it."""
        return await self._opening.arun()

    def begin(self, on_done: Callable[[Account | None], object]) -> None:
        """
        Show the wizard, and return at once.

        Args:
            on_done: told on another thread who signed in, or None.
        """
        self._opening.begin(on_done)

    def close(self) -> None:
        """Take the wizard away; whoever waits for it gets None, and the next one goes on there."""
        self._opening.close()

    def _visit(self, server: PageServer, stage: Stage) -> Visit:
        from pywry_auth.desktop.wizard.first_run import FirstRun

        return FirstRun(self._auth, self._wishes, server=server, stage=stage)

    def _in_terminal(self) -> Account | None:
        from pywry_auth.desktop.wizard.terminal import run_in_terminal

        return run_in_terminal(self._auth)
