"""Addresses that let one window in, once."""

import hmac
import secrets
import threading
from dataclasses import dataclass, field


FOLDER = "/open/"
COOKIE = "pywry-auth-window"
RANDOM_BYTES = 32  # 256 bits, so that nobody guesses
MAX_DOORS = 8  # addresses given out, and not used yet
MAX_WINDOWS = 4  # windows let in; the one that came first goes


@dataclass(frozen=True, slots=True)
class Entry:
    """
    What a window that was let in has from then on.

    Both are needed. The path alone stands in the history of a browser; the cookie alone is shown
    to every other server on this computer that can guess its path, because cookies know no ports.

    Attributes:
        folder: the path of its pages, which nobody else knows.
        cookie: what its cookie says.
    """

    folder: str = field(repr=False)
    cookie: str = field(repr=False)

    @property
    def header(self) -> str:
        """The Set-Cookie header; no script reads it, no page of others sends it."""
        return f"{COOKIE}={self.cookie}; Path={self.folder}; HttpOnly; SameSite=Strict"


class Doors:
    """The addresses given out, with the windows let in; may be used from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._doors: list[str] = []
        self._entries: dict[str, Entry] = {}

    def make(self) -> str:
        """Give a path that lets in the first who asks."""
        path = FOLDER + secrets.token_urlsafe(RANDOM_BYTES)
        with self._lock:
            self._doors = [*self._doors, path][-MAX_DOORS:]
        return path

    def knows(self, path: str) -> bool:
        """Say whether *path* would let somebody in."""
        with self._lock:
            return path in self._doors

    def enter(self, path: str) -> Entry | None:
        """Spend *path*; None where it is spent, or was never given out."""
        entry = Entry(f"/{secrets.token_urlsafe(RANDOM_BYTES)}/", secrets.token_urlsafe())
        with self._lock:
            if path not in self._doors:
                return None
            self._doors.remove(path)
            self._entries[entry.folder] = entry
            while len(self._entries) > MAX_WINDOWS:
                del self._entries[next(iter(self._entries))]
        return entry

    def place(self, path: str, cookie: str) -> str | None:
        """Give what *path* names within the folder of a window; None where it is nobody's."""
        _, folder, name = [*path.split("/", 2), "", ""][:3]
        with self._lock:
            entry = self._entries.get(f"/{folder}/")
        if entry is None or path.count("/") < 2:  # noqa: PLR2004  # the folder's own two
            return None
        said = [pair.strip().partition("=") for pair in cookie.split(";")]
        # Any server on this computer may have put one of this name beside ours, and locks nobody
        # out with it: what ours says it cannot know.
        found = [value for key, _, value in said if key == COOKIE]
        is_ours = [hmac.compare_digest(value.encode(), entry.cookie.encode()) for value in found]
        return name if any(is_ours) else None

    def shut(self) -> None:
        """Let nobody in any more, those who are in neither."""
        with self._lock:
            self._doors.clear()
            self._entries.clear()
