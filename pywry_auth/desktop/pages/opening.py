"""The opening of our own pages, for as long as somebody waits for what comes of them."""

import logging
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from pywry_auth.account_index import Account
from pywry_auth.desktop.pages.server import PageServer
from pywry_auth.desktop.pages.stage import Stage, Stays
from pywry_auth.desktop.values import SignInControl
from pywry_auth.errors import WindowError
from pywry_auth.flow.running import awaited
from pywry_auth.flow.windows import WINDOW_VARIABLE, named_kind
from pywry_auth.runtime import LOOP
from pywry_auth.waiting import wait_for
from pywry_auth.window.base import WindowKind
from pywry_auth.window.ladder import choose, look_around
from pywry_auth.window.staying import StayingWindow


logger = logging.getLogger(__name__)


@runtime_checkable
class Closes(Protocol):
    """A control that is closed before the application ends, with all that is open."""

    def before_close(self, end: Callable[[], object]) -> Callable[[], None]:
        """Call *end* then; gives what undoes it."""
        ...


class Visit(Protocol):
    """What happens on the pages, from the first to the last."""

    @property
    def outcome(self) -> Future[Account | None]:
        """What comes of it."""
        ...

    def start(self) -> None:
        """Begin to answer."""
        ...

    def leave(self) -> None:
        """Let whoever waits go on; from any thread."""
        ...

    def end(self) -> None:
        """Take away everything that is still there."""
        ...


@dataclass(frozen=True, slots=True)
class WindowWish:
    """
    Where an application wants its pages shown.

    Attributes:
        window: a kind, a window that stays, or None for the best there is.
        child_command: what starts the window's process where Python is embedded in a program.
        size: width, height of a window of ours, in pixels.
    """

    window: Stays | WindowKind | None
    child_command: Sequence[str] | None
    size: tuple[int, int]

    @classmethod
    def of(
        cls,
        window: Stays | WindowKind | str | None,
        child_command: Sequence[str] | None,
        size: tuple[int, int],
    ) -> "WindowWish":
        """
        Check what an application gave.

        Raises:
            ConfigError: there is no such window.
        """
        found = named_kind(window, "window") if isinstance(window, str) else window
        return cls(found, child_command, size)

    def kind(self) -> WindowKind:
        """
        Say what the pages are shown in.

        Raises:
            ConfigError: the environment asks for a window that there is not.
        """
        wanted = self.window
        if wanted is not None and not isinstance(wanted, WindowKind):
            return WindowKind.WEBVIEW
        if wanted is None:
            wanted = named_kind(
                os.environ.get(WINDOW_VARIABLE, "") or WindowKind.AUTO, WINDOW_VARIABLE
            )
        return choose(wanted, look_around()).kind

    def staying(self, *, title: str, language: str) -> Stays:
        """Give the window that was given, or one of ours."""
        if self.window is not None and not isinstance(self.window, WindowKind):
            return self.window
        width, height = self.size
        return StayingWindow(
            title=title,
            width=width,
            height=height,
            child_command=self.child_command,
            language=language,
        )


class Opening:
    """
    Shows pages in a window of ours or in the browser, and gives what came of them.

    Args:
        control: the application's.
        wish: where it wants the pages shown.
        visit: makes what happens on them; only now is loaded what they need, because the window's
            own process takes longer to start than all that.
        pageless: what is done instead where no page can be shown.
    """

    def __init__(
        self,
        control: SignInControl,
        wish: WindowWish,
        *,
        visit: Callable[[PageServer, Stage], Visit],
        pageless: Callable[[], Account | None],
    ) -> None:
        self._control = control
        self._wish = wish
        self._visit = visit
        self._pageless = pageless
        self._leave: Callable[[], None] | None = None
        self._is_closed = False

    def run(self) -> Account | None:
        """
        Show the pages, while the calling thread waits.

        Raises:
            WindowError: nothing can be shown.
        """
        LOOP.refuse_here()
        self._is_closed = False
        return self._shown()

    async def arun(self) -> Account | None:
        """As ``run``, without blocking the running loop; whoever cancels the wait closes them."""
        self._is_closed = False
        return await awaited(self._shown, self.close)

    def begin(self, on_done: Callable[[Account | None], object]) -> None:
        """Show the pages, return at once, and tell *on_done* on another thread what came."""

        def run() -> None:
            try:
                account = self._shown()
            except WindowError as exc:
                logger.error("pages.not_shown", extra={"reason": exc.message})  # noqa: TRY400
                account = None
            on_done(account)

        self._is_closed = False
        threading.Thread(target=run, name="pywry-auth-pages", daemon=True).start()

    def close(self) -> None:
        """Take the pages away; whoever waits for them goes on, with None."""
        self._is_closed = True
        leave = self._leave
        if leave is not None:
            leave()

    def _shown(self) -> Account | None:
        kind = self._wish.kind()
        if kind is WindowKind.PASTE:
            return self._pageless()
        control = self._control
        server = PageServer(app_name=control.app_name)
        stage = Stage(
            server,
            self._wish.staying(title=control.app_name, language=control.texts.language)
            if kind is WindowKind.WEBVIEW
            else None,
            language=control.texts.language,
        )
        stage.open()
        try:
            visit = self._visit(server, stage)
        except BaseException:
            stage.close()
            server.close()
            raise
        return self._awaited(visit)

    def _awaited(self, visit: Visit) -> Account | None:
        control = self._control
        forget = control.before_close(self.close) if isinstance(control, Closes) else lambda: None
        try:
            self._leave = visit.leave
            visit.start()
            if self._is_closed:  # while all this was made
                visit.leave()
            return wait_for(visit.outcome)
        finally:
            forget()
            self._leave = None
            visit.end()
