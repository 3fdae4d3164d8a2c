"""The command line as a person uses it: real processes, a real keyring, a script for a browser."""

import json
import os
import select
import subprocess
import sys
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

from pywry_auth.account_index import Account
from pywry_auth.token_store.keyring import KeyringTokenStore
from pywry_auth.tokens import OAuthTokenSet
from tests import keyring_env


ROOT = Path(__file__).parents[1]
COMMAND = [sys.executable, "-m", "pywry_auth"]
LIMIT = 30.0  # seconds for anything a loaded machine may take
BROWSER = f"{sys.executable} {ROOT / 'tests' / 'cli_browser.py'} %s"


@dataclass(frozen=True)
class Ended:
    """How one command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)

    @property
    def error(self):
        return self.json["error"]


@dataclass
class Shell:
    """
    One person's shell: a home of its own, no display, variables as given.

    Whatever is run in it must show no traceback, and no secret where words go.
    """

    home: Path
    env: dict[str, str] = field(default_factory=dict)
    secrets: set[str] = field(default_factory=set)
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        dropped = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER", "PYWRY_AUTH", "SSH_", "XDG_", "DBUS_")
        dropped += ("PYTHONUNBUFFERED", "NO_COLOR")  # a person's shell has neither
        kept = {name: v for name, v in os.environ.items() if not name.startswith(dropped)}
        own = {
            "HOME": str(self.home),
            "XDG_CONFIG_HOME": str(self.home / "config"),
            "XDG_DATA_HOME": str(self.home / "data"),
            "PYTHONPATH": str(ROOT),
            "CLI_BROWSER_LOG": str(self.home / "last-page.html"),
        }
        return {name: value for name, value in (kept | own | self.env).items() if value}

    @property
    def providers(self) -> Path:
        return Path(self.environment["XDG_CONFIG_HOME"]) / "pywry-auth" / "providers.toml"

    @property
    def accounts(self) -> Path:
        return Path(self.environment["XDG_DATA_HOME"]) / "pywry-auth" / "accounts.json"

    @property
    def last_page(self) -> str:
        return (self.home / "last-page.html").read_text()

    def __call__(self, *args: str, **env: str) -> Ended:
        """Run one command to its end; standard input is no terminal."""
        ended = subprocess.run(
            [*COMMAND, *args],
            env=self.environment | env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
            cwd=self.home,
        )
        return self.judged(Ended(ended.returncode, ended.stdout, ended.stderr))

    def start(self, *args: str, **env: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [*COMMAND, *args],
            env=self.environment | env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.home,
        )
        self.started.append(process)
        return process

    def finish(self, process: subprocess.Popen[str]) -> Ended:
        out, err = process.communicate(timeout=LIMIT)
        return self.judged(Ended(process.returncode, out, err))

    def leave(self) -> None:
        """End whatever a failed test left running, so that it is the only one that fails."""
        for process in self.started:
            process.kill()
            process.wait(LIMIT)
            for stream in (process.stdout, process.stderr):
                if stream is not None:
                    stream.close()

    def judged(self, ended: Ended) -> Ended:
        assert "Traceback" not in ended.err, ended.err
        assert not [1 for secret in self.secrets if secret in ended.err]
        return ended

    def configure(self, text: str) -> Path:
        self.providers.parent.mkdir(parents=True, exist_ok=True)
        self.providers.write_text(text)
        return self.providers

    def stored(self, key: str) -> OAuthTokenSet | None:
        """Look into the keyring, past the command line; what is found is a secret from then on."""
        with keyring_env.in_environment(self.env):
            tokens = KeyringTokenStore("pywry-auth:cli").slot(key).load()
        if tokens is not None:
            found = (tokens.access_token, tokens.refresh_token, tokens.id_token)
            self.secrets |= {secret for secret in found if secret}
        return tokens

    def put(self, key: str, tokens: OAuthTokenSet) -> None:
        with keyring_env.in_environment(self.env):
            KeyringTokenStore("pywry-auth:cli").slot(key).save(tokens)

    def expire(self, key: str) -> None:
        """Let the stored access token's life be over."""
        tokens = self.stored(key)
        assert tokens is not None
        self.put(key, replace_times(tokens))

    def accounts_are(self, *accounts: Account) -> None:
        members = [
            {"provider": a.provider, "subject": a.subject, "label": a.label} for a in accounts
        ]
        self.accounts.parent.mkdir(parents=True, exist_ok=True)
        self.accounts.write_text(json.dumps({"v": 1, "generation": 1, "accounts": members}))

    def browsing(self) -> "Shell":
        """Give the same shell with a browser that signs alice in."""
        return replace(self, env=self.env | {"BROWSER": BROWSER})


def replace_times(tokens: OAuthTokenSet) -> OAuthTokenSet:
    return OAuthTokenSet(
        tokens.access_token,
        tokens.token_type,
        tokens.refresh_token,
        tokens.expires_in,
        tokens.id_token,
        tokens.scope,
        tokens.raw,
        tokens.issued_at - (tokens.expires_in or 0) - 1,
        origin=tokens.origin,
    )


class Terminal:
    """A command on a terminal of its own, typed into."""

    def __init__(self, shell: Shell, *args: str, **env: str) -> None:
        import pty

        self._shell = shell
        self._fd, theirs = pty.openpty()
        self.process = subprocess.Popen(
            [*COMMAND, *args],
            env={"TERM": "xterm", **shell.environment, **env},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            preexec_fn=_take_terminal,  # noqa: PLW1509  # nothing else runs in this process
        )
        shell.started.append(self.process)
        os.close(theirs)
        self.seen = ""

    def expect(self, words: str) -> str:
        """Read until *words* came; gives everything read so far."""
        end = time.monotonic() + LIMIT
        while words not in self.seen:
            assert time.monotonic() < end, self.seen
            assert self._read(), self.seen
        return self.seen

    def until_unseen(self) -> None:
        """Wait until what is typed is not shown any more, as a person does without knowing."""
        import termios

        end = time.monotonic() + LIMIT
        while termios.tcgetattr(self._fd)[3] & termios.ECHO:
            assert time.monotonic() < end, self.seen
            time.sleep(0.01)

    def type(self, text: str) -> None:
        os.write(self._fd, text.encode())

    def end(self) -> Ended:
        while self._read():
            pass
        os.close(self._fd)
        code = self.process.wait(LIMIT)
        return self._shell.judged(Ended(code, "", self.seen))

    def _read(self) -> bool:
        ready, _, _ = select.select([self._fd], [], [], LIMIT)
        assert ready, self.seen
        try:
            data = os.read(self._fd, 65536)
        except OSError:  # the other side is gone (Linux)
            return False
        self.seen += data.decode(errors="replace")
        return bool(data)


def _take_terminal() -> None:
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def children_of(pid: int) -> list[int]:
    """Name the processes that *pid* started and that live."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            status = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(status[1]) == pid and status[0] != "Z":
            found.append(int(entry.name))
    return found


def lives(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()
