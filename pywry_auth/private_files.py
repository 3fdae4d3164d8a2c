"""Folders with files only their owner can read."""

import errno
import os
import stat
import sys
import time
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

from pywry_auth.errors import StoreError


BUSY_WINDOWS = 1.0  # seconds; Windows refuses to replace a file while somebody reads it


def private_folder(path: Path) -> Path:
    """Make *path*, 0700 with every missing parent; what exists is left as it is."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir(mode=0o700, exist_ok=True)
    return path


def read_private(path: Path) -> bytes | None:
    """
    Read a file; None when there is none.

    Raises:
        StoreError: it is a symbolic link, or a pipe.
        OSError: it cannot be read.
    """
    _refuse_link(path)
    flags = os.O_RDONLY
    if sys.platform != "win32":
        flags |= os.O_NOFOLLOW | os.O_NONBLOCK  # a pipe would be waited for, for ever
    try:
        descriptor = os.open(path, flags)
    except FileNotFoundError:
        return None
    kind = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(kind):
        os.close(descriptor)
        if stat.S_ISDIR(kind):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        raise StoreError(f"{path} is a pipe, and no file", hint="remove it")
    with open(descriptor, "rb") as file:  # noqa: PTH123 - it is open already
        return file.read()


def replace_private(path: Path, content: bytes) -> None:
    """
    Put *content* in place of the file at once, readable by its owner alone from the first byte.

    A crash leaves the whole old content or the whole new one.

    Raises:
        StoreError: the file is a symbolic link.
        OSError: it cannot be written.
    """
    _refuse_link(path)
    private_folder(path.parent)
    temporary = path.with_name(f".{path.name}.{token_hex(6)}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123 - it is open already
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    _sync_folder(path.parent)


def _refuse_link(path: Path) -> None:
    if path.is_symlink():
        raise StoreError(
            f"{path} is a symbolic link, which is not followed",
            hint="name the file itself",
        )


def _replace(temporary: Path, path: Path) -> None:
    end = time.monotonic() + BUSY_WINDOWS
    while True:
        try:
            temporary.replace(path)
        except PermissionError:
            if sys.platform != "win32" or time.monotonic() > end:
                raise
            time.sleep(0.02)
        else:
            return


def _sync_folder(folder: Path) -> None:
    if sys.platform == "win32":  # a folder cannot be opened there
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
