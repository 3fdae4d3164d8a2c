"""The steps of an atomic replacement of a file, as points."""

import os

from hooks import Points


class FilePoints:
    """
    Makes the steps points for every file in *folder*; for this process.

    Args:
        folder: whose files are meant.
        points: passed before the first byte is written, before it is synced, before the file takes
            its place, after it has.
    """

    def __init__(self, folder: str, points: Points) -> None:
        self._folder = folder
        self._points = points
        self._written: set[int] = set()
        self._open, self._sync, self._replace = os.open, os.fsync, os.replace
        os.open, os.fsync, os.replace = self.open, self.sync, self.replace

    def open(self, path, flags, *more, **named) -> int:
        """Open as ``os.open`` does."""
        descriptor = self._open(path, flags, *more, **named)
        if flags & os.O_EXCL and self._is_ours(path):
            self._written.add(descriptor)
            self._points.at("file.write")
        return descriptor

    def sync(self, descriptor: int) -> None:
        """Sync as ``os.fsync`` does."""
        if descriptor in self._written:
            self._written.discard(descriptor)
            self._points.at("file.sync")
        self._sync(descriptor)

    def replace(self, source, target, **named) -> None:
        """Replace as ``os.replace`` does."""
        ours = self._is_ours(source)
        if ours:
            self._points.at("file.replace")
        self._replace(source, target, **named)
        if ours:
            self._points.durable()
            self._points.at("file.replaced")

    def _is_ours(self, path: object) -> bool:
        return str(path).startswith(self._folder) and str(path).endswith(".tmp")
