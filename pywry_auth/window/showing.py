"""One showing of one page: from the start of the window's process to its end or hand-over."""

import logging
import threading
from collections.abc import Callable
from enum import Enum, auto

from pywry_auth.errors import WindowError
from pywry_auth.ui.texts import ENGLISH, Texts
from pywry_auth.window.base import HearsTrouble, SignInWindow, WindowKind, WindowListener
from pywry_auth.window.launching import Engine
from pywry_auth.window.messages import OrderName, WindowEvent, WindowOrder


logger = logging.getLogger(__name__)

RENDERERS = {"qt": "qtwebengine", "gtk": "gtkwebkit2"}


class Stage(Enum):
    """How far a showing has come."""

    STARTING = auto()
    EMPTY = auto()  # the window is there, but nothing was drawn in it
    SHOWN = auto()
    HANDED_OVER = auto()
    ENDED = auto()


OVER = frozenset({Stage.HANDED_OVER, Stage.ENDED})


class Showing:
    """
    Turns what the window's process says into what the listener is told, exactly once.

    The process is listened to on its own thread, ``end`` comes from any other, a timer from a
    third; the stage, changed under a lock, decides who was first.
    """

    def __init__(
        self,
        listener: WindowListener,
        *,
        fallback: SignInWindow | None,
        patience: float,
        gui: str | None,
        on_hand_over: Callable[[], None],
        texts: Texts = ENGLISH,
    ) -> None:
        self._on_hand_over = on_hand_over
        self._texts = texts
        self._listener = listener
        self._fallback = fallback
        self._patience = patience
        self._gui = gui
        self._lock = threading.Lock()
        self._stage = Stage.STARTING
        self._reason = ""
        self._process: Engine | None = None
        self._watchdog: threading.Timer | None = None
        #: the engine that shows the page, "" before it is known
        self.renderer = ""
        #: whether a page was there, whole
        self.loaded = False
        # Stays true when all is over: the other window outlives this one, with its last page.
        self._was_handed_over = False

    @property
    def was_handed_over(self) -> bool:
        """Whether another window took over, which may still show its last page."""
        return self._was_handed_over

    @property
    def process(self) -> Engine | None:
        """Whatever shows the page, once started."""
        return self._process

    def start(self, start: Callable[[], Engine]) -> None:
        """
        Put the page on the screen with *start*, which tells ``heard`` and ``engine_ended``.

        Raises:
            WindowError: it cannot be.
        """
        self._watch(self._texts("The sign-in window did not appear in time."))
        try:
            process = start()
        except WindowError:
            self.end()
            raise
        except OSError as exc:
            self.end()
            raise WindowError(
                "the sign-in window's process cannot be started", detail=exc.strerror or ""
            ) from exc
        self._process = process
        if self._stage in OVER:
            process.close()  # it was over before this object knew its process

    def come_forward(self) -> None:
        """Put the window in front of all others, if it is there."""
        process = self._process
        if process is not None and self._stage not in OVER:
            process.send(WindowOrder(OrderName.FORWARD).line())

    def end(self) -> None:
        """Take the window away, or the one that took over; the listener is told nothing more."""
        with self._lock:
            handed_over = self._stage is Stage.HANDED_OVER
            self._stage = Stage.ENDED
        self._calm()
        self._close_process()
        if handed_over and self._fallback is not None:
            self._fallback.close()

    def heard(self, event: WindowEvent) -> None:
        """Take in what the window's process says."""
        match event.name:
            case "ready":
                self._ready(event.fact)
            case "loaded":
                self._loaded()
            case "painted":
                self._advance(Stage.SHOWN)
                self._calm()
            case "browser" | "again" | "closed":
                self._asked_by_the_person(event)
            case "refused" | "trouble":
                self._asked_by_the_page(event)
            case "failed":
                self._reason = event.fact
            case _:
                logger.debug("window.event", extra={"event": event.name})

    def _asked_by_the_person(self, event: WindowEvent) -> None:
        if event.name == "browser":
            self._hand_over("")
        elif event.name == "again":
            # Not on this thread: while the provider is asked, the person may close the window.
            threading.Thread(target=self._begin_again, daemon=True).start()
        elif event.fact == "user":
            self._closed_by_the_person()

    def _asked_by_the_page(self, event: WindowEvent) -> None:
        if event.name == "trouble":
            if isinstance(self._listener, HearsTrouble):
                self._listener.troubled(event.fact)
        elif self._fallback is not None:  # without another window, the page may say so itself
            logger.info("window.refused_by_provider")
            self._hand_over(self._texts("The provider accepts sign-in in a browser only."))

    def _loaded(self) -> None:
        self.loaded = True
        if self._stage is Stage.EMPTY:
            self._watch(self._texts("The sign-in window stayed empty."))

    def _ready(self, renderer: str) -> None:
        self.renderer = renderer
        self._advance(Stage.EMPTY)
        self._calm()
        wanted = RENDERERS.get(self._gui or "")
        if wanted not in {None, renderer}:
            # pywebview takes the other toolkit without a word.
            logger.warning("window.other_renderer", extra={"wanted": wanted, "renderer": renderer})

    def _closed_by_the_person(self) -> None:
        if self._take(Stage.ENDED):
            self._calm()
            self._close_process()
            self._listener.closed(None)

    def engine_ended(self, exit_code: int, last_words: str) -> None:
        """Take in that the window's process is gone, and how."""
        self._calm()
        logger.debug("window.ended", extra={"exit_code": exit_code, "renderer": self.renderer})
        error = WindowError(
            "the sign-in window ended without anybody closing it",
            exit_code=exit_code,
            detail=self._reason or last_words,
            hint="set PYWRY_AUTH_WINDOW=browser to use the browser",
        )
        if self._stage is Stage.SHOWN or self._fallback is None:
            if self._take(Stage.ENDED):
                self._listener.closed(error)
            return
        self._hand_over(self._texts("The sign-in window could not be shown."), error)

    def _hand_over(self, why: str, error: WindowError | None = None) -> None:
        """Let the other window show the same address; *why* is "" when the person asked for it."""
        fallback = self._fallback
        if fallback is None:
            if self._take(Stage.ENDED):
                self._close_process()
                self._listener.closed(error or WindowError("the sign-in window showed nothing"))
            return
        if not self._take(Stage.HANDED_OVER):
            return
        self._was_handed_over = True
        self._calm()
        self._close_process()
        if why:
            self._listener.told(f"{why} {_where(fallback.kind, self._texts)}")
        self._on_hand_over()
        # The page that was seen here has spent the address, where it was good for one visit.
        url = self._listener.fresh_url()
        if url is None or self._stage is Stage.ENDED:
            return
        try:
            fallback.show(url, self._listener)
        except WindowError as exc:
            self._listener.closed(exc)

    def _begin_again(self) -> None:
        url = self._listener.fresh_url()
        process = self._process
        if url is not None and process is not None and self._stage not in OVER:
            process.send(WindowOrder(OrderName.AGAIN, url).line())

    def _take(self, stage: Stage) -> bool:
        with self._lock:
            if self._stage in OVER:
                return False
            self._stage = stage
            return True

    def _advance(self, stage: Stage) -> None:
        with self._lock:
            if self._stage not in OVER and self._stage is not Stage.SHOWN:
                self._stage = stage

    def _watch(self, why: str) -> None:
        timer = threading.Timer(self._patience, self._hand_over, (why,))
        timer.daemon = True
        with self._lock:
            if self._stage in OVER:
                return
            before, self._watchdog = self._watchdog, timer
        if before is not None:
            before.cancel()
        timer.start()

    def _calm(self) -> None:
        with self._lock:
            timer, self._watchdog = self._watchdog, None
        if timer is not None:
            timer.cancel()

    def _close_process(self) -> None:
        process = self._process
        if process is not None:
            process.close()


def _where(kind: WindowKind, texts: Texts) -> str:
    if kind is WindowKind.BROWSER:
        return texts("The sign-in goes on in your browser.")
    if kind is WindowKind.PASTE:
        return texts("The sign-in goes on in the terminal.")
    return texts("The sign-in goes on in another window.")
