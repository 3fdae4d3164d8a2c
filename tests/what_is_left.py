"""What a process holds of its machine: other processes, threads, descriptors, files."""

import os
import threading
from pathlib import Path


#: a variable that all who are started by a process inherit, also those that lose their parent
MARK = "LEFT_BEHIND_BY"


def holdings() -> dict[str, list[str]]:
    """Name everything this process holds (Linux); TMPDIR and HOME are its own."""
    return {
        "processes": _others(),
        "threads": sorted(thread.name for thread in threading.enumerate()),
        "descriptors": _descriptors(),
        "temporary": sorted(path.name for path in Path(os.environ["TMPDIR"]).iterdir()),
        "home": sorted(str(path) for path in Path(os.environ["HOME"]).rglob("*")),
    }


def _others() -> list[str]:
    mark = f"{MARK}={os.environ[MARK]}".encode()
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            state = (entry / "stat").read_text().rsplit(")", 1)[1].split()[0]
            # A zombie has no environment left, but somebody should have waited for it.
            is_ours = mark in (entry / "environ").read_bytes() or _is_child(entry, state)
            name = (entry / "comm").read_text().strip()
        except OSError:
            continue
        if is_ours:
            found.append(f"{name} ({state})")
    return sorted(found)


def _is_child(entry: Path, state: str) -> bool:
    parent = (entry / "stat").read_text().rsplit(")", 1)[1].split()[1]
    return state == "Z" and int(parent) == os.getpid()


def _descriptors() -> list[str]:
    found = []
    for entry in Path("/proc/self/fd").iterdir():
        try:
            found.append(str(entry.readlink()).split(":")[0])
        except OSError:  # the one that lists them
            continue
    return sorted(found)
