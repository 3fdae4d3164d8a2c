"""What a store found unreadable, so that nobody takes it for something that was removed."""


class Damage:
    """
    Remembers damage for as long as its store lives, which is as long as sessions hold tokens.

    May be used from any thread: each step is a single one on a built-in container.
    """

    def __init__(self) -> None:
        self._keys: set[str] = set()
        self._everything = False
        self._mended: set[str] = set()

    def note(self, key: str) -> None:
        """Note that the record under *key* could not be read."""
        self._keys.add(key)

    def note_everything(self) -> None:
        """Note that nothing could be read."""
        self._mended.clear()
        self._everything = True

    def mend(self, key: str) -> None:
        """Note that *key* was written or removed since."""
        self._keys.discard(key)
        if self._everything:
            self._mended.add(key)

    def concerns(self, key: str) -> bool:
        """Say whether what was under *key* was lost to damage."""
        return key in self._keys or (self._everything and key not in self._mended)
