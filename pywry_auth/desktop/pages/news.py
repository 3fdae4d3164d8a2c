"""What pages are told as it happens, as server-sent events."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping

from pywry_auth.desktop.pages.site import JsonValue


MAX_LISTENERS = 8  # one a window, as one that reloads may be there twice for a moment


class News:
    """
    The latest of each kind of news, for pages that come late or slowly.

    Only the latest counts: a page that was away is told how things are, not how they came about.
    Belongs to one loop.

    Args:
        on_presence: told whether anybody listens, each time that changes.
    """

    def __init__(self, on_presence: Callable[[bool], None] | None = None) -> None:
        self._on_presence = on_presence
        self._number = 0
        self._latest: dict[str, tuple[int, bytes]] = {}
        self._news = asyncio.Event()
        self._listeners = 0

    def tell(self, event: str, data: Mapping[str, JsonValue]) -> None:
        """Let every page know."""
        self._number += 1
        text = json.dumps(dict(data), separators=(",", ":"))  # one line, ASCII
        self._latest[event] = (self._number, f"event: {event}\ndata: {text}\n\n".encode())
        self._news.set()
        self._news = asyncio.Event()

    @property
    def is_full(self) -> bool:
        """Whether nobody more may listen."""
        return self._listeners >= MAX_LISTENERS

    async def listen(self) -> AsyncIterator[bytes]:
        """Give the latest of each kind, then each as it comes."""
        self._count(1)
        try:
            seen = 0
            while True:
                news = self._news
                fresh = sorted(item for item in self._latest.values() if item[0] > seen)
                for number, text in fresh:
                    seen = number
                    yield text
                if not fresh:
                    await news.wait()
        finally:
            self._count(-1)

    def _count(self, change: int) -> None:
        before, self._listeners = self._listeners, self._listeners + change
        if self._on_presence is not None and bool(before) != bool(self._listeners):
            self._on_presence(bool(self._listeners))
