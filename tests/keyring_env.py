"""
A private D-Bus session with a fresh, unlocked gnome-keyring.

Traps it avoids:
- an empty password does not unlock: the daemon needs at least one byte on its standard input;
- stopping ``dbus-run-session`` leaves its daemons behind, holding the caller's pipes open: so the
  bus is started by itself, its output goes nowhere, every child is stopped by its process id;
- D-Bus starts a killed keyring daemon again, locked: so the bus is stopped first;
- the developer's own keyring lies under XDG_DATA_HOME: so that is a fresh folder.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path


NEEDED = ("dbus-daemon", "gnome-keyring-daemon")
PASSWORD = "test"
DEADLINE = 10.0  # seconds for a daemon to come up or to end


def lacks() -> str:
    """Give why there can be no keyring here, or ""."""
    absent = [name for name in NEEDED if shutil.which(name) is None]
    return f"not installed: {', '.join(absent)}" if absent else ""


@contextmanager
def private_keyring(*, unlocked: bool = True) -> Iterator[dict[str, str]]:
    """Give the environment variables of a session whose keyring is empty; stop it afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="keyring-"))
    env = _environment(folder)
    bus = _bus(env, folder)
    try:
        daemon = _keyring(env, PASSWORD) if unlocked else None
        try:
            yield env
        finally:
            _end(bus)
            if daemon is not None:
                _end(daemon)
            _end_strays(env)
    finally:
        _end(bus)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def in_environment(changes: Mapping[str, str]) -> Iterator[None]:
    """Set variables of this process for a while; "" removes one."""
    before = dict(os.environ)
    os.environ.update(changes)
    for name in [name for name, value in changes.items() if not value]:
        del os.environ[name]
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _environment(folder: Path) -> dict[str, str]:
    runtime, data = folder / "run", folder / "data"
    for path in (runtime, data):
        path.mkdir(mode=0o700)
    return {
        "XDG_RUNTIME_DIR": str(runtime),
        "XDG_DATA_HOME": str(data),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "DBUS_SESSION_BUS_ADDRESS": f"unix:path={runtime}/bus",
        "PYTHON_KEYRING_BACKEND": "",
        "DISPLAY": "",
        "WAYLAND_DISPLAY": "",
    }


def _full(env: Mapping[str, str]) -> dict[str, str]:
    merged = {**os.environ, **env}
    return {name: value for name, value in merged.items() if value}


def _bus(env: dict[str, str], folder: Path) -> subprocess.Popen[bytes]:
    bus = subprocess.Popen(
        ["dbus-daemon", "--session", "--nofork", f"--address={env['DBUS_SESSION_BUS_ADDRESS']}"],
        env=_full(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
    )
    _until((folder / "run" / "bus").exists)
    return bus


def _keyring(env: dict[str, str], password: str) -> subprocess.Popen[bytes]:
    daemon = subprocess.Popen(
        ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"],
        env=_full(env),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    assert daemon.stdin is not None
    daemon.stdin.write(password.encode())
    daemon.stdin.close()
    _until(lambda: _is_served(env))
    return daemon


def _is_served(env: dict[str, str]) -> bool:
    from secretstorage import dbus_init
    from secretstorage.exceptions import SecretStorageException

    with in_environment(env):
        try:
            connection = dbus_init()
        except SecretStorageException:
            return False
        try:
            return _owned(connection)
        finally:
            connection.close()


def _owned(connection: object) -> bool:
    from jeepney import DBusAddress, new_method_call

    bus = DBusAddress(
        "/org/freedesktop/DBus", bus_name="org.freedesktop.DBus", interface="org.freedesktop.DBus"
    )
    call = new_method_call(bus, "NameHasOwner", "s", ("org.freedesktop.secrets",))
    return connection.send_and_get_reply(call).body[0]


def _until(fact) -> None:
    end = time.monotonic() + DEADLINE
    while not fact():
        assert time.monotonic() < end, "a daemon of the private session did not come up"
        time.sleep(0.02)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(DEADLINE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _end_strays(env: Mapping[str, str]) -> None:
    """End daemons that D-Bus itself started for this session: only ours have this address."""
    needle = f"DBUS_SESSION_BUS_ADDRESS={env['DBUS_SESSION_BUS_ADDRESS']}".encode()
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            is_ours = needle in (entry / "environ").read_bytes().split(b"\0")
            name = (entry / "comm").read_text().strip()
        except OSError:
            continue
        if is_ours and name.startswith(("gnome-keyring", "dbus-daemon")):
            os.kill(int(entry.name), signal.SIGTERM)


def secret_service():
    """Give the real backend, for looking behind a store's back."""
    from keyring.backends.SecretService import Keyring

    return Keyring()


def entries_of(service: str) -> list[str]:
    """Name everything the keyring of this session holds for *service*."""
    with _collection() as collection:
        items = collection.search_items({"service": service})
        return sorted(item.get_attributes()["username"] for item in items)


def wipe(service: str) -> None:
    """Remove everything the keyring of this session holds for *service*."""
    with _collection() as collection:
        for item in list(collection.search_items({"service": service})):
            item.delete()


def lock() -> None:
    """Lock the keyring of this session."""
    with _collection() as collection:
        collection.lock()


@contextmanager
def _collection():
    from secretstorage import dbus_init, get_default_collection

    connection = dbus_init()
    try:
        yield get_default_collection(connection)
    finally:
        connection.close()
