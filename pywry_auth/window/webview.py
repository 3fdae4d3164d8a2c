"""The native window, in a process of its own."""

from collections.abc import Sequence
from dataclasses import replace

from pywry_auth.ui.texts import texts_for
from pywry_auth.window.base import SignInWindow
from pywry_auth.window.browser import SYSTEM_BROWSER
from pywry_auth.window.hidden import HiddenWindow
from pywry_auth.window.launching import Launcher, OnEnd, OnEvent, as_command, toolkit
from pywry_auth.window.messages import WindowConfig
from pywry_auth.window.native import PATIENCE, NativePage
from pywry_auth.window.process import ChildProcess
from pywry_auth.window.profiles import forget_profile, is_empty


class WebviewWindow(NativePage):
    """
    A native window with the provider's page, below a bar the page cannot reach.

    Every ``show`` starts one process, which shows one window and ends with it, so the application
    may use any toolkit, or none. Pressing "Open in my browser", a provider that refuses windows of
    applications, or an engine that shows nothing hands the same request over to *fallback*.

    Args:
        title: text of the title bar.
        width: of the window, in pixels.
        height: of the window, in pixels.
        center: put it in the middle of the screen.
        resizable: let the person change its size.
        profile: keep the browsing data under this name; forgotten at the end when left out.
        gui: the toolkit, ``qt`` or ``gtk``; when left out, what ``PYWRY_AUTH_GUI`` names, else
            Qt where both are installed.
        child_command: what starts the window's process where Python is embedded in a program; it
            must call ``freeze_support``.
        fallback: the window that takes over; None for none.
        patience: seconds until a window that shows nothing is given up.
        language: of the bar, as BCP 47 names it; the person's own when left out.
    """

    def __init__(  # noqa: PLR0913  # each is a setting of its own, all by keyword
        self,
        *,
        title: str = "Sign In",
        width: int = 500,
        height: int = 700,
        center: bool = True,
        resizable: bool = True,
        profile: str | None = None,
        gui: str | None = None,
        child_command: Sequence[str] | None = None,
        fallback: SignInWindow | None = SYSTEM_BROWSER,
        patience: float = PATIENCE,
        language: str | None = None,
    ) -> None:
        config = WindowConfig(
            url="",
            title=title,
            width=width,
            height=height,
            center=center,
            resizable=resizable,
            gui=toolkit(gui),
            can_hand_over=fallback is not None,
            language=language,
        )
        self._launcher = Launcher(config, profile, as_command(child_command))
        super().__init__(
            self._launch,
            gui=config.gui,
            fallback=fallback,
            patience=patience,
            texts=texts_for(language),
        )

    def hidden(self, within: float) -> HiddenWindow | None:
        """
        Give a window with the same browsing data that nobody ever sees; None where none is kept.

        Args:
            within: seconds until its page is given up.
        """
        launcher = self._launcher
        if launcher.profile is None or is_empty(launcher.profile):
            return None

        def start(url: str, on_event: OnEvent, on_end: OnEnd) -> ChildProcess:
            config = replace(launcher.filled(url), hidden=True, can_hand_over=False)
            return launcher.start(config, on_event=on_event, on_end=on_end)

        return HiddenWindow(start, within=within)

    def forget(self) -> None:
        """Delete the browsing data kept under ``profile``; then no provider knows anybody there."""
        self.close()
        if self._launcher.profile is not None:
            forget_profile(self._launcher.profile)

    def _launch(self, url: str, on_event: OnEvent, on_end: OnEnd) -> ChildProcess:
        launcher = self._launcher
        return launcher.start(launcher.filled(url), on_event=on_event, on_end=on_end)
