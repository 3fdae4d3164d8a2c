"""What services answer to requests with a token: lists, errors, limits."""

import asyncio
import json
from contextlib import AsyncExitStack

import httpx

from pywry_auth.errors import HTTPStatusError, TransportError
from pywry_auth.integrations.reaching.paging import LinkHeader, Piece
from pywry_auth.integrations.reaching.rate_limits import rate_limit_in, wait_asked
from pywry_auth.integrations.reaching.target import Target as Resource
from pywry_auth.integrations.targets.github import GitHub
from pywry_auth.integrations.targets.google import GoogleDrive, GoogleSheets
from pywry_auth.integrations.targets.hubspot import HubSpot
from pywry_auth.integrations.targets.microsoft import MicrosoftGraph
from pywry_auth.integrations.targets.notion import Notion
from pywry_auth.integrations.targets.slack import Slack
from pywry_auth.protocol.answers import error_in
from pywry_auth.protocol.wire import WireReply
from tests.fuzz_engine import CANARY, Target


NOW = 1_800_000_000.0
ALLOWED = (HTTPStatusError, TransportError)
TOKEN = f"{CANARY}token"


def asks(kind: type[Resource], work, status: int = 200):
    """Let *work* read the input as an answer of that kind of target, and see who is asked."""

    def run(data: bytes) -> object:
        def answer(request: httpx.Request) -> httpx.Response:
            if str(request.url.copy_with(path="/", query=None)) != home:
                strayed.append(request)
            return httpx.Response(status, content=data)

        async def scenario() -> None:
            async with AsyncExitStack() as stack:
                http = httpx.AsyncClient(transport=httpx.MockTransport(answer))
                client = await stack.enter_async_context(http)
                await work(kind(token=TOKEN, http=client, retry_attempts=0))

        home = str(httpx.URL(kind.usual_base_url).copy_with(path="/", query=None))
        strayed: list[httpx.Request] = []
        asyncio.run(scenario())
        return "the token went elsewhere" if strayed else None

    return run


async def listed(items) -> None:
    async for _ in items:
        pass


def limits(data: bytes) -> object:
    text = data.decode("latin-1")
    names = ("x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset", "retry-after")
    for headers in (dict.fromkeys(names, text), {"ratelimit": text, "ratelimit-policy": text}):
        reply = WireReply(429, headers, b"")
        wait = wait_asked(reply, rate_limit_in(reply, now=NOW), now=NOW)
        if wait is not None and not 0 <= wait <= 1e15:
            return f"waits {wait} s"
    return None


def link(data: bytes) -> object:
    LinkHeader().after(Piece({"link": data.decode("latin-1")}, []))
    return None


def refused(data: bytes) -> object:
    error = error_in(WireReply(403, {}, data), url="https://api.example", now=NOW, known=[TOKEN])
    return None if error is not None and TOKEN not in error.body else "no error, or too much of one"


def dumped(value: object) -> bytes:
    return json.dumps(value).encode()


def targets() -> list[Target]:
    """Every target of what services answer."""
    user = dumped({"id": 1, "login": "octocat", "name": None})
    files = dumped({"files": [{"id": "f1", "name": "a"}], "nextPageToken": ""})
    cells = dumped({"range": "A1:B2", "values": [["a", 1.5], [True, None]]})
    value = {"value": [{"id": "m1", "subject": None}], "@odata.nextLink": ""}
    more = dumped(
        {**value, "@odata.nextLink": "https://graph.microsoft.com/v1.0/me/messages?$skip"}
    )
    channels = {"ok": True, "channels": [{"id": "C1"}], "response_metadata": {"next_cursor": ""}}
    no = dumped({"error": {"errors": [{"reason": "quotaExceeded"}], "message": CANARY}})
    records = dumped({"results": [{"id": "1", "properties": {"a": None}}], "paging": {}})
    pages = dumped({"results": [{"id": "p1"}], "next_cursor": None, "has_more": False})
    header = (b'<https://api.example/x?page=2>; rel="next", </y>; title="a;b"; rel=last',)
    return [
        Target("github user", (user,), asks(GitHub, lambda one: one.user()), allowed=ALLOWED),
        _list("drive files", files, GoogleDrive, lambda one: one.files()),
        _list("graph messages", dumped(value), MicrosoftGraph, lambda one: one.messages(), more),
        _list("slack channels", dumped(channels), Slack, lambda one: one.conversations()),
        _list("hubspot contacts", records, HubSpot, lambda one: one.contacts()),
        _list("notion search", pages, Notion, lambda one: one.search()),
        Target(
            "sheet values",
            (cells,),
            asks(GoogleSheets, lambda one: one.values("A1", spreadsheet_id="s")),
            allowed=ALLOWED,
        ),
        Target(
            "google refusal",
            (no,),
            asks(GoogleDrive, lambda one: one.health_check(), 403),
            allowed=ALLOWED,
        ),
        Target("resource refusal", (no, TOKEN.encode()), refused),
        Target("rate limits", (b"60", b'"default";r=0;t=9', b"limit=1, remaining=2"), limits, ()),
        Target("link header", header, link, ()),
    ]


def _list(name: str, data: bytes, kind: type[Resource], work, *more: bytes) -> Target:
    return Target(name, (data, *more), asks(kind, lambda one: listed(work(one))), allowed=ALLOWED)
