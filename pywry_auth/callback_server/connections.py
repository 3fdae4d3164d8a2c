"""Many connections at once, none of which can hold up another."""

import asyncio
import contextlib
import logging
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from http import HTTPStatus

from pywry_auth.callback_server.sockets import BACKLOG
from pywry_auth.callback_server.wire import (
    CHUNK,
    Client,
    Limits,
    RefusedRequestError,
    Reply,
    Request,
    Wire,
)


logger = logging.getLogger(__name__)

MAX_DISCARDED = 256  # chunks of a request already refused: 1 MiB, then its sender is cut off

Answer = Callable[[Request], Awaitable[Reply]]


class Connections:
    """
    Listens, and answers one request per connection.

    A browser opens spare connections on which it says nothing; a hostile program opens many. Each
    has its own task and its own deadline, and the oldest silent one makes room for a newcomer.
    """

    def __init__(
        self, answer: Answer, refuse: Callable[[HTTPStatus], Reply], limits: Limits
    ) -> None:
        self._answer = answer
        self._refuse = refuse
        self._limits = limits
        self._servers: list[asyncio.Server] = []
        self._open: dict[asyncio.Task[None], asyncio.StreamWriter] = {}  # oldest first
        self._heard: set[asyncio.Task[None]] = set()  # those whose request is complete
        self._closed = False

    async def listen(self, sockets: Sequence[socket.socket]) -> None:
        """Serve on *sockets*, which are ours from here on."""
        try:
            for sock in sockets:
                self._servers.append(
                    await asyncio.start_server(self._connected, sock=sock, backlog=BACKLOG)
                )
        except BaseException:
            for server in self._servers:
                server.close()
            self._servers.clear()
            self.close()
            for sock in sockets:
                sock.close()
            raise

    def close(self) -> None:
        """End everything now, whatever is open."""
        self._closed = True
        for server in self._servers:
            _stop(server)
        self._servers.clear()
        for task, writer in list(self._open.items()):
            _drop(task, writer)

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._closed:
            writer.transport.abort()
            return
        if len(self._open) >= self._limits.connections:
            self._make_room()
        task = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self._open[task] = writer
        task.add_done_callback(self._ended)

    def _make_room(self) -> None:
        oldest = next(
            (task for task in self._open if task not in self._heard), next(iter(self._open))
        )
        _drop(oldest, self._open.pop(oldest))

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._heard.discard(task)
        writer = self._open.pop(task, None)
        if writer is not None:
            writer.transport.abort()
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, OSError | TimeoutError):
            # Only a judge that fails comes to this; its words may hold parameters, its type none.
            logger.error("callback.request_failed", extra={"error": type(error).__name__})

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        wire = Wire(self._limits)
        try:
            async with asyncio.timeout(self._limits.read_seconds):
                request = await wire.read(reader.read)
        except RefusedRequestError as refused:
            await self._send(reader, writer, wire.write(self._refuse(refused.status)))
            return
        if request is None:
            return
        task = asyncio.current_task()
        if task is not None:
            self._heard.add(task)
        reply = await self._answer(replace(request, client=_client_of(writer)))
        if reply.more is not None:
            await self._stream(reader, writer, wire, reply)
            return
        if await self._send(reader, writer, wire.write(reply)) and reply.taken is not None:
            reply.taken()

    async def _stream(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        wire: Wire,
        reply: Reply,
    ) -> None:
        loop = asyncio.get_running_loop()
        pumped = loop.create_task(self._pump(writer, wire, reply))
        gone = loop.create_task(_discard(reader))  # the only news of a client that has left
        try:
            await asyncio.wait({pumped, gone}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            pumped.cancel()
            gone.cancel()
            await asyncio.gather(pumped, gone, return_exceptions=True)

    async def _pump(self, writer: asyncio.StreamWriter, wire: Wire, reply: Reply) -> None:
        writer.transport.set_write_buffer_limits(high=0)
        await self._push(writer, wire.write(reply))
        if reply.more is None:
            return
        async for piece in reply.more():
            await self._push(writer, wire.piece(piece))

    async def _push(self, writer: asyncio.StreamWriter, data: bytes) -> None:
        # Who takes nothing any more is gone, whatever the system believes of the connection.
        async with asyncio.timeout(self._limits.close_seconds):
            writer.write(data)
            await writer.drain()

    async def _send(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, data: bytes
    ) -> bool:
        """Write *data* and hang up; give whether the client has it."""
        writer.transport.set_write_buffer_limits(high=0)  # drained shall mean: the system has it
        drained = False
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._limits.close_seconds):
                writer.write(data)
                await writer.drain()
                drained = True
                writer.write_eof()
                await _discard(reader)
        return drained


def _client_of(writer: asyncio.StreamWriter) -> Client | None:
    theirs: tuple[object, ...] | None = writer.get_extra_info("peername")
    ours: tuple[object, ...] | None = writer.get_extra_info("sockname")
    if not theirs or not ours:
        return None  # it has hung up already
    host, port, server_port = theirs[0], theirs[1], ours[1]
    if isinstance(host, str) and isinstance(port, int) and isinstance(server_port, int):
        return Client(host, port, server_port)
    return None


def _stop(server: asyncio.Server) -> None:
    # A connection that was just accepted needs one more turn, or it is left behind half made; that
    # it is the last one, the loop must be told first.
    loop = server.get_loop()
    for sock in server.sockets:
        with contextlib.suppress(NotImplementedError):  # Windows accepts in another way
            loop.remove_reader(sock)
    loop.call_soon(server.close)


def _drop(task: asyncio.Task[None], writer: asyncio.StreamWriter) -> None:
    task.cancel()
    writer.transport.abort()


async def _discard(reader: asyncio.StreamReader) -> None:
    # Closing while input is unread resets the connection, which can lose the reply.
    for _ in range(MAX_DISCARDED):
        if not await reader.read(CHUNK):
            return
