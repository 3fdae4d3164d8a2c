"""The answers of targets, read whole as long as they are no weapon."""

import zlib
from collections.abc import AsyncIterator

import httpx

from pywry_auth.errors import TransportError
from pywry_auth.http import GZIP


#: bytes of an answer, unpacked; what is larger is no answer to keep in memory
MAX_ANSWER = 100 * 1024 * 1024
#: how answers may be packed
ACCEPTED = "gzip"

# Anything else that servers write there, like "utf-8", is none.
_PACKED = frozenset({"gzip", "x-gzip", "deflate", "br", "zstd", "compress"})


async def read_whole(response: httpx.Response) -> httpx.Response:
    """
    Give *response* with its content read, unpacked, and its connection free again.

    Raises:
        TransportError: it is larger than ``MAX_ANSWER``, or packed in another way than was asked.
        httpx.HTTPError: it ended too early.
    """
    try:
        if not response.is_stream_consumed:  # by a transport of the program's own
            # Unpacked here, step by step: what httpx makes of a megabyte can fill the memory.
            coding = response.headers.pop("content-encoding", "").strip().lower()
            response.stream = _Bounded(response.stream, coding)
        await response.aread()
    finally:
        await response.aclose()
    return response


class _Bounded(httpx.AsyncByteStream):
    def __init__(self, stream: object, coding: str) -> None:
        self._stream = stream
        self._coding = coding

    async def __aiter__(self) -> AsyncIterator[bytes]:
        whole = bytearray()
        if isinstance(self._stream, httpx.AsyncByteStream):
            async for piece in self._stream:
                whole += piece
                _require_real(len(whole))
        yield _unpacked(bytes(whole), self._coding)

    async def aclose(self) -> None:
        if isinstance(self._stream, httpx.AsyncByteStream):
            await self._stream.aclose()


def _unpacked(body: bytes, coding: str) -> bytes:
    if not body or _PACKED.isdisjoint(one.strip() for one in coding.split(",")):
        return body
    unpacking = zlib.decompressobj(GZIP)
    plain = b""
    if coding == ACCEPTED:
        try:
            plain = unpacking.decompress(body, MAX_ANSWER + 1)
        except zlib.error:
            plain = b""
    _require_real(len(plain))
    if not unpacking.eof or unpacking.unused_data:
        raise TransportError("the answer is packed in a way that cannot be read")
    return plain


def _require_real(size: int) -> None:
    if size > MAX_ANSWER:
        raise TransportError("the answer is too large to be kept in memory; it was dropped")
