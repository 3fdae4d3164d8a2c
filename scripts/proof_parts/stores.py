"""The stores that must not lose a session, as a worker opens them."""

import os
from hashlib import sha256
from pathlib import Path

from file_points import FilePoints
from hooks import KEY, Points, WatchedBackend, WatchedSlot, WatchedStore

from pywry_auth.grants import FileTokenStore
from pywry_auth.token_store import (
    JsonFileTokenStore,
    KeyringTokenStore,
    RedisTokenStore,
    SealedTokenStore,
)
from pywry_auth.token_store.keyring_entries import Backend


PART_SIZE = 400  # characters; three or four parts for the records here


class FolderKeyring:
    """A keyring for machines without one: an entry is a file, replaced at once."""

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder)

    def get_password(self, service: str, username: str) -> str | None:
        path = self._path(service, username)
        return path.read_text() if path.exists() else None

    def set_password(self, service: str, username: str, password: str) -> None:
        path = self._path(service, username)
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        fresh.write_text(password)
        os.rename(fresh, path)  # noqa: PTH104 - os.replace is watched

    def delete_password(self, service: str, username: str) -> None:
        from keyring.errors import PasswordDeleteError

        try:
            self._path(service, username).unlink()
        except FileNotFoundError:
            raise PasswordDeleteError("not there") from None

    def _path(self, service: str, username: str) -> Path:
        return self._folder / sha256(f"{service}\0{username}".encode()).hexdigest()[:24]


def opened(spec: dict, points: Points, sabotage: str | None = None) -> WatchedStore:
    """
    Open the store of *spec*, its steps being points.

    Args:
        spec: ``kind`` (keyring, parts, file, sealed, redis), ``service``, ``folder``, ``url``,
            ``real`` (whether the keyring is the desktop's own).
        points: passed at each step.
        sabotage: ``store`` lets it forget what it is given.
    """
    match spec["kind"]:
        case "keyring":
            made = KeyringTokenStore(spec["service"], backend=_backend(spec, points))
        case "parts":
            made = KeyringTokenStore(
                spec["service"], backend=_backend(spec, points), part_size=PART_SIZE
            )
        case "file":
            FilePoints(spec["folder"], points)
            made = JsonFileTokenStore(f"{spec['folder']}/tokens.json")
        case "sealed":
            FilePoints(spec["folder"], points)
            made = SealedTokenStore(
                f"{spec['folder']}/tokens.sealed", spec["service"], backend=_inner(spec)
            )
        case _:
            made = RedisTokenStore(spec["url"], spec["service"])
    return WatchedStore(made, points, sabotage)


def opened_slot(spec: dict, points: Points, sabotage: str | None = None) -> WatchedSlot:
    """Open the slot of *spec*, its steps being points; ``slot`` is a file of its own."""
    if spec["kind"] != "slot":
        return WatchedSlot(opened(spec, points).slot(KEY), points, sabotage)
    FilePoints(spec["folder"], points)
    made = FileTokenStore(Path(spec["folder"], "tokens.json"))
    made.key = KEY  # what the locks of a proof are known by
    return WatchedSlot(made, points, sabotage)


def _backend(spec: dict, points: Points) -> Backend:
    return WatchedBackend(_inner(spec), points)


def _inner(spec: dict) -> Backend:
    if not spec["real"]:
        return FolderKeyring(f"{spec['folder']}/keyring")
    from keyring.backends.SecretService import Keyring

    return Keyring()
