"""The last page that a browser is owed when its sign-in is over."""

import threading
from typing import Protocol

from pywry_auth.interrupts import wait_for_event
from pywry_auth.runtime import LOOP
from pywry_auth.window.base import WindowKind


class LastPage(Protocol):
    """What is needed of whoever serves it."""

    async def linger(self) -> None:
        """Wait until the browser has fetched it, or will not."""
        ...

    def close(self) -> None:
        """Serve nothing any more."""
        ...


class Farewell:
    """Lets the browser fetch its last page while the program goes on."""

    def __init__(self) -> None:
        self._is_over = threading.Event()
        self._is_over.set()

    def bid(self, page: LastPage, *, seen_in: WindowKind) -> None:
        """Let whoever is left fetch *page*, which knows the outcome; called on the loop."""
        if seen_in is WindowKind.WEBVIEW:
            page.close()  # it went with its window
            return
        import asyncio

        self._is_over.clear()
        self._lingering = asyncio.create_task(self._linger(page))  # kept, or it may be collected

    async def _linger(self, page: LastPage) -> None:
        try:
            await page.linger()
        finally:
            page.close()
            self._is_over.set()

    def wait(self, timeout: float) -> bool:
        """Wait *timeout* seconds at most; say whether nothing is left to be shown."""
        LOOP.refuse_here()
        return wait_for_event(self._is_over, timeout)
