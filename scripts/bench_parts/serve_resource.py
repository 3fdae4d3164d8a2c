"""
A resource that wants a bearer token, in a process of its own, until its input ends.

It answers with bytes that were made beforehand, over connections that are kept, so that what is
measured is its client. ``POST /token`` gives the token that it wants.
"""

import asyncio
import json
import sys
import threading


TOKEN = "the-access-token"
WANTED = f"authorization: bearer {TOKEN}".encode()


def answer(status: str, members: dict[str, object]) -> bytes:
    body = json.dumps(members).encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    return f"{head}\r\n\r\n".encode() + body


GIVEN = answer("200 OK", {"login": "ada", "name": "Ada Lovelace", "public_repos": 8})
REFUSED = answer("401 Unauthorized", {"error": "invalid_token"})
GRANTED = answer("200 OK", {"access_token": TOKEN, "token_type": "Bearer", "expires_in": 3600})


class Resource(asyncio.Protocol):
    """One connection; a request is in one piece, or its head ends it."""

    def connection_made(self, transport: asyncio.WriteTransport) -> None:
        self._transport = transport
        self._had = b""

    def data_received(self, data: bytes) -> None:
        self._had += data
        head, end, body = self._had.partition(b"\r\n\r\n")
        if not end or len(body) < _length(head):
            return
        self._had = b""
        if head.startswith(b"POST /token"):
            self._transport.write(GRANTED)
        else:
            self._transport.write(GIVEN if WANTED in head.lower() else REFUSED)


def _length(head: bytes) -> int:
    _, found, rest = head.lower().partition(b"content-length:")
    return int(rest.partition(b"\r\n")[0]) if found else 0


async def serve() -> None:
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    server = await loop.create_server(Resource, "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)

    def wait_for_the_end() -> None:
        sys.stdin.read()
        loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=wait_for_the_end, daemon=True).start()
    await ended.wait()


asyncio.run(serve())
