"""What a request to a resource may have beside its headers."""

from collections.abc import Iterable, Mapping, Sequence
from typing import IO, TypedDict

import httpx


Primitive = str | int | float | bool | None
FileContent = IO[bytes] | bytes | str
FileValue = (
    FileContent | tuple[str | None, FileContent] | tuple[str | None, FileContent, str | None]
)


class RequestOptions(TypedDict, total=False):
    """What ``httpx.Client.request`` takes beside method, address and headers, but no ``auth``."""

    content: str | bytes | Iterable[bytes] | None
    data: Mapping[str, object] | None
    files: Mapping[str, FileValue] | Sequence[tuple[str, FileValue]] | None
    json: object
    params: Mapping[str, Primitive | Sequence[Primitive]] | list[tuple[str, Primitive]] | None
    cookies: httpx.Cookies | dict[str, str] | None
    extensions: Mapping[str, object] | None
    #: seconds for each step, in place of those of the settings
    timeout: float | httpx.Timeout | None
