"""A page of our own that shows the code of a sign-in on another device."""

import asyncio
import hmac
import secrets
from http import HTTPStatus

from pywry_auth.callback_server.connections import Connections
from pywry_auth.callback_server.listener import LINGER, host_headers
from pywry_auth.callback_server.outcome import Outcome
from pywry_auth.callback_server.replies import ANY_APPLICATION, SAFE, Replies
from pywry_auth.callback_server.sockets import bind_first
from pywry_auth.callback_server.wire import Limits, Reply, Request
from pywry_auth.clock import Clock
from pywry_auth.errors import AuthenticationError
from pywry_auth.protocol.device import DevicePrompt
from pywry_auth.ui.pages import Pages
from pywry_auth.ui.qr import path
from pywry_auth.ui.texts import Texts, later, texts_for


TOKEN_BYTES = 32  # nobody else on this machine may read the code off this page
HOST = "127.0.0.1"

PICTURE = 192  # pixels; each module has a whole number of them, or a camera sees it blurred

COMPARE = later("Or scan this, and see that the page shows the same code.")
TYPE = later("Or scan this, and enter the code.")
NEW_CODE = later("The code had ended; this is a new one.")


class DevicePage:
    """
    Serves one page on loopback, under an address nobody can guess.

    All methods belong to the loop that ``start`` ran on.

    Args:
        app_name: what the page calls the application.
        clock: tells the time.
        limits: how much one client may ask.
        texts: the language; that of the person when left out.
    """

    def __init__(
        self,
        app_name: str,
        *,
        clock: Clock,
        limits: Limits | None = None,
        texts: Texts | None = None,
    ) -> None:
        self._texts = texts or texts_for()
        self._application = app_name or self._texts(ANY_APPLICATION)
        self._clock = clock
        self._limits = limits or Limits()
        self._token = secrets.token_urlsafe(TOKEN_BYTES)
        self._pages = Pages(("device",), texts=self._texts)
        self._replies = Replies(app_name, texts=self._texts)
        self._connections = Connections(self._answer, self._replies.unusable, self._limits)
        self._authority = ""
        self._prompt: DevicePrompt | None = None
        self._outcome: Outcome | None = None
        self._version = 0
        self._was_seen = False
        self._news = asyncio.Event()
        self._shown = asyncio.Event()

    async def start(self) -> str:
        """
        Listen, and give the page's address; a secret, never log it.

        Raises:
            AuthenticationError: no port could be opened.
        """
        if not self._authority:
            sockets = bind_first(HOST, (0,))
            self._authority = f"{HOST}:{sockets[0].getsockname()[1]}"
            await self._connections.listen(sockets)
        return self.url

    @property
    def url(self) -> str:
        """
        Where the page is.

        Raises:
            AuthenticationError: not started yet.
        """
        if not self._authority:
            raise AuthenticationError("the page has not been started")
        return f"http://{self._authority}/{self._token}/"

    def show(self, prompt: DevicePrompt) -> None:
        """Let the page show *prompt* from now on."""
        self._prompt = prompt
        self._tell_news()

    def settle(self, outcome: Outcome) -> None:
        """Let the page tell how the sign-in ended; the first time counts."""
        if self._outcome is None:
            self._outcome = outcome
            self._tell_news()

    async def linger(self, seconds: float = LINGER) -> None:
        """Wait until a browser has the outcome, at most *seconds*; at once if none looks."""
        if not self._was_seen:
            return
        try:
            async with asyncio.timeout(seconds):
                await self._shown.wait()
        except TimeoutError:
            return

    def close(self) -> None:
        """Stop serving now; may be repeated."""
        self._connections.close()
        self._shown.set()

    def _tell_news(self) -> None:
        self._version += 1
        self._news.set()
        self._news = asyncio.Event()

    async def _answer(self, request: Request) -> Reply:
        if request.host not in host_headers(self._authority):
            return self._replies.unusable(HTTPStatus.MISDIRECTED_REQUEST)
        _, token, name = [*request.path.split("/", 2), "", ""][:3]
        if not hmac.compare_digest(token.encode(), self._token.encode()):
            return self._replies.missing()
        if request.method not in {"GET", "HEAD"}:
            return self._replies.only("GET", "HEAD")
        match name:
            case "":
                return self._page(request)
            case "news":
                return await self._latest(request)
            case _:
                return self._replies.missing()

    def _page(self, request: Request) -> Reply:
        self._was_seen = True
        if self._outcome is not None:
            taken = self._shown.set if request.method == "GET" else _nobody
            return self._replies.outcome(self._outcome, taken)
        return self._replies.waiting() if self._prompt is None else self._code(self._prompt)

    async def _latest(self, request: Request) -> Reply:
        if request.query == str(self._version):
            try:
                async with asyncio.timeout(self._limits.hold_again_seconds):
                    await self._news.wait()
            except TimeoutError:
                pass  # nothing new; the page asks again
        return self._replies.news(str(self._version))

    def _code(self, prompt: DevicePrompt) -> Reply:
        drawing, side = path(prompt.scanned_uri)
        page = self._pages.fill(
            "device",
            {
                "application": self._application,
                "version": str(self._version),
                "left": str(round(prompt.seconds_left(self._clock.now()))),
                "address": prompt.verification_uri,
                "host": prompt.host,
                "code": prompt.user_code,
                "side": str(side),
                "pixels": str(side * max(3, PICTURE // side)),
                "qr_path": drawing,
                "scanning": self._texts(COMPARE if prompt.verification_uri_complete else TYPE),
                "news": self._texts(NEW_CODE) if self._version > 1 else "",
            },
        )
        headers = {
            **SAFE,
            "Content-Type": "text/html; charset=utf-8",
            "Content-Security-Policy": page.policy,
        }
        return Reply(HTTPStatus.OK, headers, page.body)


def _nobody() -> None:
    """Nobody needs to know."""
