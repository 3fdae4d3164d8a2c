"""A network that answers from a table."""

import asyncio
import json
from collections.abc import Callable
from urllib.parse import parse_qsl

from pywry_auth.protocol.wire import WireReply, WireRequest


Answer = WireReply | BaseException | Callable[[WireRequest], WireReply]


def reply(
    body: object = b"", status: int = 200, content_type: str = "application/json"
) -> WireReply:
    """Give *body*, JSON unless it is bytes, as a reply."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return WireReply(status, {"content-type": content_type}, data)


class FakeSender:
    """
    Stands in for ``HttpClient``.

    Each address has a list of answers; the last one is given again and again. An address nobody
    programmed is answered with 404.
    """

    def __init__(self, answers: dict[str, Answer | list[Answer]] | None = None) -> None:
        self.sent: list[WireRequest] = []
        self.closed = 0
        self._answers: dict[str, list[Answer]] = {}
        for url, given in (answers or {}).items():
            self.program(url, *(given if isinstance(given, list) else [given]))

    def program(self, url: str, *answers: Answer) -> None:
        self._answers[url] = list(answers)

    async def send(self, request: WireRequest, *, within: float) -> WireReply:
        assert within > 0
        self.sent.append(request)
        await asyncio.sleep(0)  # others get their turn, as on a real network
        answers = self._answers.get(request.url, [reply({}, 404)])
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, BaseException):
            raise answer
        return answer if isinstance(answer, WireReply) else answer(request)

    async def warm(self) -> None:
        """Nothing to make."""

    async def close(self) -> None:
        self.closed += 1

    def to(self, url: str) -> list[WireRequest]:
        """Give the requests sent to *url*."""
        return [request for request in self.sent if request.url == url]

    def form(self, url: str, index: int = -1) -> dict[str, str]:
        """Give the form fields of one request to *url*."""
        return dict(parse_qsl(self.to(url)[index].body.decode(), keep_blank_values=True))


def connected(provider, answers=None):
    """Put *provider* on a network that answers from a table, and give that network."""
    provider._sender = sender = FakeSender(answers)
    return sender
