"""Bodies that may be needed a second time."""

import io
from collections.abc import Iterator
from dataclasses import dataclass

from pywry_auth.json_value import is_array


#: what a body is made of that is the same however often it is read
_LASTING = (bytes, str, int, type(None), list, tuple, dict)


@dataclass(frozen=True, slots=True)
class Body:
    """
    The body of a request, as it was before it was sent.

    Attributes:
        files: what it is read from, with where each stood.
        lasts: whether all of it can be read again.
    """

    files: tuple[tuple[io.IOBase, int], ...] = ()
    lasts: bool = True

    def rewind(self) -> bool:
        """
        Go back to the beginning.

        Returns:
            Whether the body can be sent again; a generator, a pipe or a closed file cannot.
        """
        try:
            for file, place in self.files:
                file.seek(place)
        except (OSError, ValueError):
            return False
        return self.lasts


def body_of(*sources: object) -> Body:
    """Note where the *sources* of a body stand, before any of it is sent."""
    files: list[tuple[io.IOBase, int]] = []
    lasts = True
    for source in sources:
        place = _place(source)
        if isinstance(source, io.IOBase) and place is not None:
            files.append((source, place))
        elif not isinstance(source, _LASTING):
            lasts = False
    return Body(tuple(files), lasts)


def sources_of(stream: object) -> Iterator[object]:
    """
    Find what an httpx stream reads from, which it tells nobody.

    What is not found here, in a later httpx, is not sent again: that costs a request, no more.
    """
    if not _is_of_httpx(stream):
        yield stream
        return
    for part in vars(stream).values():
        fields = [field for field in part if _is_of_httpx(field)] if is_array(part) else []
        for field in fields:  # of a multipart form
            yield from vars(field).values()
        if not fields:
            yield part


def _is_of_httpx(thing: object) -> bool:
    return type(thing).__module__.partition(".")[0] == "httpx"


def _place(source: object) -> int | None:
    if not isinstance(source, io.IOBase):
        return None
    try:
        return source.tell() if source.seekable() else None
    except (OSError, ValueError):
        return None
