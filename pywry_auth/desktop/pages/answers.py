"""What each request of a page gets, or does not get."""

import json
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from socket import socket

from pywry_auth.callback_server.connections import Connections
from pywry_auth.callback_server.listener import host_headers
from pywry_auth.callback_server.neighbours import is_somebody_elses
from pywry_auth.callback_server.replies import SAFE, Replies
from pywry_auth.callback_server.wire import Limits, Reply, Request
from pywry_auth.desktop.pages.commands import RefusedCommandError, read_command
from pywry_auth.desktop.pages.doors import FOLDER, Doors
from pywry_auth.desktop.pages.news import News
from pywry_auth.desktop.pages.site import JsonValue, Served, Site


JSON = "application/json"
LIMITS = Limits(body_bytes=4096)
NEWS = "news"
DO = "do"
OURS = frozenset({"", "same-origin"})  # "" where an engine does not say (older WebKit)


class Answers:
    """
    Judges requests and answers them; belongs to the package's loop.

    Whoever asks needs the Host that is ours, so that no name of a stranger leads here; a path and
    a cookie that only a window of ours was given; and, to do anything, our own Origin.
    """

    def __init__(
        self,
        site: Site,
        doors: Doors,
        *,
        authority: str,
        app_name: str,
        on_presence: Callable[[bool], None] | None = None,
    ) -> None:
        self._site = site
        self._doors = doors
        self._authority = authority
        self._replies = Replies(app_name)
        self._news = News(on_presence)
        self._connections = Connections(self._answer, self._replies.unusable, LIMITS)

    async def listen(self, sockets: Sequence[socket]) -> None:
        """Serve on *sockets*."""
        await self._connections.listen(sockets)

    def tell(self, event: str, data: Mapping[str, JsonValue]) -> None:
        """Let the pages know."""
        self._news.tell(event, data)

    def close(self) -> None:
        """End everything now."""
        self._connections.close()

    async def _answer(self, request: Request) -> Reply:
        if request.host not in host_headers(self._authority):
            return self._replies.unusable(HTTPStatus.MISDIRECTED_REQUEST)
        if request.path.startswith(FOLDER):
            return self._let_in(request)
        name = self._doors.place(request.path, request.cookie)
        return self._replies.missing() if name is None else await self._within(name, request)

    async def _within(self, name: str, request: Request) -> Reply:
        if name == DO:
            return await self._do(request)
        if request.method != "GET":
            return self._replies.only("GET")
        if name == NEWS:
            return self._listen()
        found = self._site.page(name)
        return self._replies.missing() if found is None else _document(found)

    def _let_in(self, request: Request) -> Reply:
        if request.method != "GET":  # HEAD only asks; a link checker must not spend the address
            return self._replies.only("GET")
        # First of all, or a stranger could spend it.
        if not self._doors.knows(request.path):
            return self._replies.missing()
        if request.client is not None and is_somebody_elses(request.client):
            return self._replies.missing()
        entry = self._doors.enter(request.path)
        if entry is None:
            return self._replies.missing()
        headers = {**SAFE, "Location": entry.folder, "Set-Cookie": entry.header}
        return Reply(HTTPStatus.SEE_OTHER, headers)

    async def _do(self, request: Request) -> Reply:
        if request.method != "POST":
            return self._replies.only("POST")
        if request.origin != f"http://{self._authority}" or request.fetch_site not in OURS:
            return _json(HTTPStatus.FORBIDDEN, {})
        if request.content_type != JSON:
            return _json(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, {})
        try:
            command = read_command(request.body, self._site.verbs)
        except RefusedCommandError:
            return _json(HTTPStatus.BAD_REQUEST, {})
        try:
            return _json(HTTPStatus.OK, await self._site.act(command) or {})
        except RefusedCommandError:
            return _json(HTTPStatus.CONFLICT, {})

    def _listen(self) -> Reply:
        if self._news.is_full:
            return self._replies.unusable(HTTPStatus.TOO_MANY_REQUESTS)
        headers = {**SAFE, "Content-Type": "text/event-stream; charset=utf-8"}
        # A body at once, or an engine waits with the news that its page is connected.
        return Reply(HTTPStatus.OK, headers, b"retry: 1000\n\n", more=self._news.listen)


def _document(found: Served) -> Reply:
    headers = {**SAFE, "Content-Type": found.kind, "Content-Security-Policy": found.policy}
    return Reply(HTTPStatus.OK, headers, found.body, found.taken)


def _json(status: HTTPStatus, data: Mapping[str, JsonValue]) -> Reply:
    headers = {**SAFE, "Content-Type": JSON, "Content-Security-Policy": "default-src 'none'"}
    return Reply(status, headers, json.dumps(dict(data)).encode())
