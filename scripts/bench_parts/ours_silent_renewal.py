"""Starts an application whose person is signed in, but whose tokens have to be renewed."""

import json
import os
import time

import httpx

from pywry_auth import DesktopAuth, GenericOIDCProvider


class Wire:
    """Adds up how long requests waited for the first byte of their replies."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._began = 0.0

    def watch(self) -> None:
        send = httpx.AsyncHTTPTransport.handle_async_request

        async def traced(
            transport: httpx.AsyncHTTPTransport, request: httpx.Request
        ) -> httpx.Response:
            request.extensions["trace"] = self._note
            return await send(transport, request)

        httpx.AsyncHTTPTransport.handle_async_request = traced

    async def _note(self, event: str, _info: object) -> None:
        if event == "http11.receive_response_headers.started":
            self._began = time.perf_counter()
        if event == "http11.receive_response_headers.complete":
            self.seconds += time.perf_counter() - self._began


events = []
wire = Wire()
wire.watch()
auth = DesktopAuth(
    "Acme Mail",
    GenericOIDCProvider("rp-client", issuer_url=os.environ["BENCH_ISSUER"]),
    on_event=lambda event: events.append(event.name),
)
if auth.silent() is None or not wire.seconds:
    raise SystemExit("nothing was renewed, so nothing was measured")
print(json.dumps({"wire_ms": 1000 * wire.seconds}))
