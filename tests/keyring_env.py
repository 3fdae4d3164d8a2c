"""
A private D-Bus session with a fresh, unlocked gnome-keyring.

Traps it avoids:
- an empty password does not unlock: the daemon needs at least one byte on its standard input;
- stopping ``dbus-run-session`` leaves its daemons behind, holding the caller's pipes open: so the
  bus is started by itself, its output goes nowhere, every child is stopped by its process id;
- D-Bus starts a keyring daemon that ended again, locked: so this bus starts nothing by itself;
- gnome-keyring 42 aborts now and then (`invoke_get_property_in_idle_cb`) when connections come and
  go quickly on a busy machine: so it is started again with its password, and finds its files;
- the developer's own keyring lies under XDG_DATA_HOME: so that is a fresh folder.
"""

import os
import shutil
import subprocess
import tempfile
import threading
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
    daemon = _Daemon(env, unlocked=unlocked)
    try:
        _until(lambda: _is_served(env))
        yield env
    finally:
        daemon.stop()
        _end(bus)
        shutil.rmtree(folder, ignore_errors=True)


class _Daemon:
    """The keyring daemon, started again with its password whenever it aborts."""

    def __init__(self, env: dict[str, str], *, unlocked: bool) -> None:
        self._env = _full(env)
        self._how = ("--unlock",) if unlocked else ("--start",)
        self._stopping = threading.Event()
        self._process = self._started()
        self._watch = threading.Thread(target=self._start_again, daemon=True)
        self._watch.start()

    def stop(self) -> None:
        self._stopping.set()
        _end(self._process)
        self._watch.join(DEADLINE)

    def _started(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            ["gnome-keyring-daemon", "--foreground", *self._how, "--components=secrets"],
            env=self._env,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        assert process.stdin is not None
        with process.stdin:
            process.stdin.write(PASSWORD.encode())
        return process

    def _start_again(self) -> None:
        while True:
            self._process.wait()
            if self._stopping.is_set():
                return
            self._process = self._started()


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
    config = folder / "bus.conf"
    config.write_text(
        "<busconfig><type>session</type>"
        f"<listen>{env['DBUS_SESSION_BUS_ADDRESS']}</listen><auth>EXTERNAL</auth>"
        '<policy context="default"><allow send_destination="*" eavesdrop="true"/>'
        '<allow eavesdrop="true"/><allow own="*"/></policy>'
        "</busconfig>"
    )
    bus = subprocess.Popen(
        ["dbus-daemon", f"--config-file={config}", "--nofork"],
        env=_full(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
    )
    _until((folder / "run" / "bus").exists)
    return bus


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


def secret_service():
    """Give the real backend, for looking behind a store's back."""
    from keyring.backends.SecretService import Keyring

    return Keyring()


def entries_of(service: str) -> list[str]:
    """Name everything the keyring of this session holds for *service*."""
    return _looked(
        lambda collection: sorted(
            item.get_attributes()["username"]
            for item in collection.search_items({"service": service})
        )
    )


def wipe(service: str) -> None:
    """Remove everything the keyring of this session holds for *service*."""

    def remove(collection):
        for item in list(collection.search_items({"service": service})):
            item.delete()

    _looked(remove)


def lock() -> None:
    """Lock the keyring of this session."""
    _looked(lambda collection: collection.lock())


def _looked(work):
    """Do *work* with the default collection, once more when the daemon aborts under it."""
    from jeepney import DBusErrorResponse
    from secretstorage import dbus_init, get_default_collection
    from secretstorage.exceptions import SecretStorageException

    end = time.monotonic() + DEADLINE
    while True:
        connection = dbus_init()
        try:
            return work(get_default_collection(connection))
        except (SecretStorageException, DBusErrorResponse):
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
        finally:
            connection.close()
