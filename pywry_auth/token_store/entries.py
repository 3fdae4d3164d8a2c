"""Long texts in a credential store whose entries are short."""

import re
from dataclasses import dataclass
from hashlib import sha256
from secrets import token_hex
from typing import Protocol

from pywry_auth.errors import StoredDataError


MARK = "pywry-parts:1"
TRIES = 5  # a reader that always meets a writer within one read meets something else


class Entries(Protocol):
    """Short texts by name."""

    def get(self, name: str) -> str | None:
        """Give the text under *name*, or None."""
        ...

    def set(self, name: str, text: str) -> None:
        """Keep *text* under *name*, at once."""
        ...

    def remove(self, name: str) -> None:
        """Remove *name*; nothing there is no error."""
        ...


@dataclass(frozen=True, slots=True)
class Manifest:
    """
    What the head entry says about a text that lies in several parts.

    Attributes:
        generation: a fresh word in the names of these parts, so that they replace no others.
        count: how many parts there are.
        digest: of the whole text, to tell a torn read from a whole one.
    """

    generation: str
    count: int
    digest: str

    def __str__(self) -> str:
        return f"{MARK}:{self.generation}:{self.count}:{self.digest}"

    @classmethod
    def read(cls, head: str | None) -> "Manifest | None":
        """Read a head entry; None when the head is the text itself."""
        found = re.fullmatch(rf"{MARK}:([0-9a-f]+):([0-9]{{1,5}}):([0-9a-f]+)", head or "")
        return None if found is None else cls(found[1], int(found[2]), found[3])

    @classmethod
    def of(cls, text: str, count: int) -> "Manifest":
        """Describe *text*, which is about to be written in *count* parts."""
        return cls(token_hex(4), count, digest_of(text))


def digest_of(text: str) -> str:
    """Give a short digest of *text*."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def split(text: str, size: int) -> list[str]:
    """Cut *text* into parts of at most *size* characters."""
    return [text[start : start + size] for start in range(0, len(text), size)]


class LongEntries:
    """
    Keeps texts of any length in entries of limited length.

    A text that fits is one entry. A longer one is written as parts with fresh names; then the head
    entry is switched to them; then the older parts are removed. A crash anywhere leaves the old
    text or the new one readable. A journal entry, written before any part, names the parts in
    motion, so that the next write removes what a crash left behind.

    Writers must take turns; readers need not.

    Args:
        entries: where everything is kept.
        size: characters one entry can hold; None is no limit.
    """

    def __init__(self, entries: Entries, size: int | None) -> None:
        self._entries = entries
        self._size = size

    def get(self, name: str) -> str | None:
        """
        Give the text under *name*, or None.

        Raises:
            StoredDataError: parts of it are missing or do not belong together.
        """
        head = self._entries.get(name)
        for _ in range(TRIES):
            manifest = Manifest.read(head)
            if manifest is None:
                return head
            text = self._joined(name, manifest)
            if text is not None:
                return text
            earlier, head = head, self._entries.get(name)
            if head == earlier:
                break
        raise StoredDataError("parts of the stored record are missing")

    def set(self, name: str, text: str) -> None:
        """Keep *text* under *name*."""
        head = self._entries.get(name)
        if head == text:
            return  # every write may ask the person on macOS
        old = Manifest.read(head)
        if self._size is None or len(text) <= self._size:
            self._switch(name, old, None, text)
            return
        parts = split(text, self._size)
        new = Manifest.of(text, len(parts))
        self._begin(name, old, new)
        for index, part in enumerate(parts):
            self._entries.set(_part(name, new.generation, index), part)
        self._switch(name, old, new, str(new))

    def remove(self, name: str) -> None:
        """Remove *name* with all its parts; nothing there is no error."""
        old = Manifest.read(self._entries.get(name))
        if old is not None or self._size is not None:
            self._begin(name, old, None)
        self._entries.remove(name)
        self._end(name, old)

    def _switch(self, name: str, old: Manifest | None, new: Manifest | None, head: str) -> None:
        if new is None and (old is not None or self._size is not None):
            self._begin(name, old, None)
        self._entries.set(name, head)
        self._end(name, old)

    def _begin(self, name: str, old: Manifest | None, new: Manifest | None) -> None:
        """Strictly private: remove what a crash left, then note what is about to move."""
        journal = self._entries.get(_journal(name))
        for left in _listed(journal):
            if old is None or left.generation != old.generation:
                self._drop(name, left)
        moving = [str(one) for one in (old, new) if one is not None]
        if moving:
            self._entries.set(_journal(name), " ".join(moving))
        elif journal is not None:
            self._entries.remove(_journal(name))

    def _end(self, name: str, old: Manifest | None) -> None:
        if old is not None:
            self._drop(name, old)
        if old is not None or self._size is not None:
            self._entries.remove(_journal(name))

    def _drop(self, name: str, manifest: Manifest) -> None:
        for index in range(manifest.count):
            self._entries.remove(_part(name, manifest.generation, index))

    def _joined(self, name: str, manifest: Manifest) -> str | None:
        parts: list[str] = []
        for index in range(manifest.count):
            part = self._entries.get(_part(name, manifest.generation, index))
            if part is None:
                return None
            parts.append(part)
        text = "".join(parts)
        return text if digest_of(text) == manifest.digest else None


def _listed(journal: str | None) -> list[Manifest]:
    found = [Manifest.read(word) for word in (journal or "").split()]
    return [one for one in found if one is not None]


def _part(name: str, generation: str, index: int) -> str:
    return f"{RESERVED}part:{digest_of(name)}:{generation}:{index}"


def _journal(name: str) -> str:
    return f"{RESERVED}moving:{digest_of(name)}"


#: how every entry begins that is not a key as the application wrote it
RESERVED = "~pywry~"
