"""The wait for one redirect, with what its browser is shown afterwards."""

import asyncio
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from enum import Enum, auto
from http import HTTPStatus

from pywry_auth.callback_server.beginning import FOLDER, Beginnings
from pywry_auth.callback_server.connections import Connections
from pywry_auth.callback_server.outcome import Outcome
from pywry_auth.callback_server.replies import Replies
from pywry_auth.callback_server.sockets import bind_first, checked_host, checked_ports
from pywry_auth.callback_server.wire import Limits, Reply, Request
from pywry_auth.errors import AuthenticationError, AuthFlowCancelled, ConfigError
from pywry_auth.protocol.authorization import CallbackParams
from pywry_auth.ui.texts import Texts


logger = logging.getLogger(__name__)

FORM = "application/x-www-form-urlencoded"
NEWS = "news"  # the query with which the last page asks whether the end is known
HTTP_PORT = "80"  # the one port that a browser leaves out of the Host header
LINGER = (
    5.0  # seconds; longer than a page refreshes, shorter than anybody waits for a program to end
)
_PATH = re.compile(r"/|(?:/[A-Za-z0-9._~-]+)+")

Accepts = Callable[[CallbackParams], bool]


class Verdict(Enum):
    """What became of one redirect."""

    ACCEPTED = auto()
    REPEATED = auto()
    STRANGER = auto()


class CallbackListener:
    """
    Waits on loopback for the one redirect that is ours.

    All methods belong to the loop that ``start`` ran on; from another thread use ``LOOP``.

    Args:
        host: 127.0.0.1, ::1, or localhost (both families on one port).
        ports: tried in order; 0 is any free one.
        path: where the redirect arrives.
        accepts: says whether a redirect is ours; without it, any with a code or an error is.
        app_name: what the pages call the application.
        limits: how much one client may ask.
        pages: pages that others stand in for, such as ``replies.SIGN_OUT``.
        texts: the language of the pages; that of the person when left out.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        ports: Sequence[int] = (0,),
        path: str = "/callback",
        accepts: Accepts | None = None,
        app_name: str = "",
        limits: Limits | None = None,
        pages: Mapping[str, str] | None = None,
        texts: Texts | None = None,
    ) -> None:
        self._host = checked_host(host)
        self._ports = checked_ports(ports)
        self._path = _checked_path(path)
        self._done_path = f"{path.rstrip('/')}/done"
        self._accepts = accepts or _any_answer
        self._limits = limits or Limits()
        self._replies = Replies(app_name, pages, texts=texts)
        self._connections = Connections(self._answer, self._replies.unusable, self._limits)
        self._beginnings = Beginnings()
        self._authority = ""
        self._closed = False
        self._accepted: CallbackParams | None = None
        self._outcome: Outcome | None = None
        self._by_browser = False
        self._hold_seconds = self._limits.hold_seconds
        self._arrived = asyncio.Event()
        self._settled = asyncio.Event()
        self._shown = asyncio.Event()

    async def start(self) -> str:
        """
        Listen, and give the redirect URI, which is ours from here on.

        Raises:
            AuthenticationError: no port could be opened, or this was closed before.
        """
        self._refuse_closed()
        if not self._authority:
            sockets = bind_first(self._host, self._ports)
            name = f"[{self._host}]" if ":" in self._host else self._host
            self._authority = f"{name}:{sockets[0].getsockname()[1]}"
            await self._connections.listen(sockets)
            logger.debug("callback.listening", extra={"authority": self._authority})
        if self._closed:  # meanwhile
            self._connections.close()
        self._refuse_closed()
        return self.redirect_uri

    @property
    def redirect_uri(self) -> str:
        """
        Where the provider sends the browser.

        Raises:
            AuthenticationError: not started yet.
        """
        if not self._authority:
            raise AuthenticationError("the callback server has not been started")
        return f"http://{self._authority}{self._path}"

    def begin_at(self, url: str) -> str:
        """Give an address of this listener that leads the first browser that asks to *url*."""
        return f"http://{self._authority}{self._beginnings.add(url)}"

    @property
    def is_closed(self) -> bool:
        """Whether nothing is listened for any more."""
        return self._closed

    async def received(self) -> CallbackParams:
        """
        Wait for the redirect that is ours, and give its parameters.

        Raises:
            AuthFlowCancelled: this was closed first.
        """
        await self._arrived.wait()
        if self._accepted is None:
            raise AuthFlowCancelled("the callback server was closed before any answer arrived")
        return self._accepted

    def offer(self, params: CallbackParams) -> bool:
        """Judge a redirect that came another way, for example pasted; True when it is ours."""
        return not self._closed and self._judge(params) is not Verdict.STRANGER

    def settle(self, outcome: Outcome) -> None:
        """Tell how the sign-in ended; the first time counts, since it may have been read."""
        if self._outcome is None:
            self._outcome = outcome
            self._settled.set()

    async def linger(self, seconds: float = LINGER) -> None:
        """Wait until the browser has the outcome, at most *seconds*; at once if none waits."""
        if not self._by_browser or self._closed:
            return
        try:
            async with asyncio.timeout(seconds):
                await self._shown.wait()
        except TimeoutError:
            logger.debug("callback.outcome_not_shown")

    def close(self) -> None:
        """Stop listening now, whatever is open; whoever waits is told. May be repeated."""
        self._closed = True
        self._connections.close()
        self._arrived.set()
        self._shown.set()

    def _refuse_closed(self) -> None:
        if self._closed:
            raise AuthenticationError(
                "this callback server was closed", hint="make a new one for each sign-in"
            )

    def _judge(self, params: CallbackParams) -> Verdict:
        if self._accepted is not None:
            return Verdict.REPEATED if params == self._accepted else Verdict.STRANGER
        if "state" in params.repeated or not self._accepts(params):
            logger.debug("callback.stranger")
            return Verdict.STRANGER
        self._accepted = params
        self._arrived.set()
        return Verdict.ACCEPTED

    async def _answer(self, request: Request) -> Reply:
        if request.host not in host_headers(self._authority):
            return self._replies.unusable(HTTPStatus.MISDIRECTED_REQUEST)
        waits = self._accepted is None
        if request.path == self._path and not (self._path == "/" and _is_bare(request)):
            return self._at_callback(request)
        if request.path == "/" and waits:
            return self._at_root(request)
        if request.path.startswith(FOLDER) and waits:
            return self._at_beginning(request)
        if request.path == self._done_path and not waits:
            return await self._at_done(request)
        return self._replies.missing()

    def _at_beginning(self, request: Request) -> Reply:
        if request.method != "GET":  # HEAD only asks; a link checker must not spend the address
            return self._replies.only("GET")
        url = self._beginnings.take(request.path, request.client)
        return (
            self._replies.missing() if url is None else self._replies.moved(HTTPStatus.FOUND, url)
        )

    def _at_root(self, request: Request) -> Reply:
        if request.method in {"GET", "HEAD"}:
            return self._replies.waiting()
        return self._replies.only("GET", "HEAD")

    def _at_callback(self, request: Request) -> Reply:
        match request.method:
            case "GET":
                return self._judged(request.query, HTTPStatus.FOUND)
            case "POST" if request.content_type == FORM:
                return self._judged(request.body.decode("latin-1"), HTTPStatus.SEE_OTHER)
            case "POST":
                return self._replies.unusable(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
            case "HEAD":  # only asks; a link checker must not spend the code
                return self._replies.waiting()
            case _:
                return self._replies.only("GET", "HEAD", "POST")

    def _judged(self, form: str, moved: HTTPStatus) -> Reply:
        try:
            verdict = self._judge(CallbackParams.parse(form))
        except ValueError:  # no form at all
            return self._replies.refused()
        if verdict is Verdict.STRANGER:
            return self._replies.refused()
        self._by_browser = True
        return self._replies.moved(moved, self._done_path)

    async def _at_done(self, request: Request) -> Reply:
        if request.method not in {"GET", "HEAD"}:
            return self._replies.only("GET", "HEAD")
        if request.method == "GET":
            await self._hold()
        if request.query == NEWS:
            return self._replies.news("waiting" if self._outcome is None else "settled")
        if self._outcome is None:
            return self._replies.finishing()
        taken = self._shown.set if request.method == "GET" else _nobody
        return self._replies.outcome(self._outcome, taken)

    async def _hold(self) -> None:
        try:
            async with asyncio.timeout(self._hold_seconds):
                await self._settled.wait()
        except TimeoutError:
            self._hold_seconds = self._limits.hold_again_seconds


def host_headers(authority: str) -> tuple[str, ...]:
    """Give what a Host header for *authority* may say; anything else was meant for others."""
    name, _, port = authority.rpartition(":")
    return (authority, name) if port == HTTP_PORT else (authority,)


def _is_bare(request: Request) -> bool:
    return request.method != "POST" and not request.query


def _nobody() -> None:
    """Nobody needs to know."""


def _any_answer(params: CallbackParams) -> bool:
    return bool(params.code or params.error)


def _checked_path(path: str) -> str:
    if _PATH.fullmatch(path) is None:
        raise ConfigError("the callback path begins with / and holds letters, digits and ._~- only")
    return path
