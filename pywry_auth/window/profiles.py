"""Browsing data that outlives one window, in one private folder per name."""

import hashlib
import re
import shutil
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

from pywry_auth.errors import ConfigError


PLAIN_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
NOT_PLAIN = re.compile(r"[^a-z0-9_-]+")


def folder_name(profile: str) -> str:
    """
    Give a folder name for any *profile*; two profiles never share one.

    Raises:
        ConfigError: the name is empty.
    """
    if not profile:
        raise ConfigError("a profile needs a name; leave it out for a private window")
    if PLAIN_NAME.fullmatch(profile):
        return profile
    readable = NOT_PLAIN.sub("-", profile.lower()).strip("-")[:32]
    # A dot cannot occur in a plain name, so a made-up name never meets a given one.
    return f"{readable or 'profile'}.{hashlib.sha256(profile.encode()).hexdigest()[:16]}"


def profile_folder(profile: str) -> Path:
    """Give the folder of *profile*, made when it is not there, closed to other users."""
    folder = _profiles() / folder_name(profile)
    for part in (folder.parent.parent, folder.parent, folder):
        part.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder


def is_empty(profile: str) -> bool:
    """Tell whether no window has kept anything under this name yet."""
    folder = _profiles() / folder_name(profile)
    return not folder.is_dir() or not any(folder.iterdir())


def forget_profile(profile: str) -> None:
    """Delete all that *profile* holds; nothing happens where there is none."""
    folder = _profiles() / folder_name(profile)
    leaving = folder.with_name(f".{folder.name}.{token_hex(6)}")
    with suppress(OSError):  # none is there, or (on Windows) an engine has it open
        # A window that is just ending writes its cookies once more: not to where they were.
        folder.rename(leaving)
    for gone in (leaving, folder):
        shutil.rmtree(gone, ignore_errors=True)


def _profiles() -> Path:
    import platformdirs

    return platformdirs.user_data_path("pywry-auth") / "profiles"
