"""Where a figure is measured: nowhere special, on a screen, beside a keyring, a resource."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from shape import Environment, Unavailable


HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.append(str(ROOT))  # the screen and the keyring of the tests

from tests.keyring_env import lacks, private_keyring  # noqa: E402
from tests.screen import Screen, missing_tools  # noqa: E402


@contextmanager
def plain() -> Iterator[Environment]:
    """Give nothing; the parts need nothing."""
    yield {}


@contextmanager
def screen() -> Iterator[Environment]:
    """Give a screen of its own with a window manager."""
    if missing := missing_tools():
        raise Unavailable(f"not installed: {', '.join(missing)}")
    with Screen() as made:
        # Chromium's sandbox refuses to start as root; both sides are spared it alike.
        sandbox = {"QTWEBENGINE_DISABLE_SANDBOX": "1"} if os.geteuid() == 0 else {}
        yield {**made.environment_over({}), "WAYLAND_DISPLAY": "", **sandbox}


@contextmanager
def keyring() -> Iterator[Environment]:
    """Give a D-Bus session of its own with an unlocked keyring."""
    if missing := lacks():
        raise Unavailable(missing)
    with private_keyring() as env:
        yield env


@contextmanager
def real_desktop() -> Iterator[Environment]:
    """Give both."""
    with keyring() as secrets, screen() as display:
        yield {**secrets, **display}


@contextmanager
def signed_in_cli() -> Iterator[Environment]:
    """Give a keyring that holds a valid token, as ``pywry-auth login`` leaves it."""
    if shutil.which("pywry-auth", path=str(Path(sys.executable).parent)) is None:
        raise Unavailable("pywry-auth is not installed beside this Python")
    with keyring() as env, tempfile.TemporaryDirectory() as folder:
        mine = {**env, "PYWRY_AUTH_CONFIG": f"{folder}/providers.toml"}
        prepare("sign_in_cli", env=mine)
        yield mine


@contextmanager
def signed_in_desk() -> Iterator[Environment]:
    """Give a keyring that holds what applications leave, beside the provider of one of them."""
    with keyring() as env, issuer("renewing") as url:
        prepare("sign_in_desk", url, env=env)
        yield {**env, "BENCH_ISSUER": url}


@contextmanager
def wizard_desk() -> Iterator[Environment]:
    """Give a screen, and a file that looks like the first page of the wizard."""
    with screen() as display, tempfile.TemporaryDirectory() as folder:
        page = f"{folder}/page.html"
        prepare("keep_wizard_page", page, env=display)
        yield {**display, "BENCH_PAGE": page}


@contextmanager
def ticking_desk() -> Iterator[Environment]:
    """Give screen, keyring, a page, and a provider whose tokens are soon over."""
    with keyring() as secrets, wizard_desk() as display, issuer("renewing") as url:
        yield {**secrets, **display, "BENCH_ISSUER": url}


def prepare(program: str, *arguments: str, env: Environment) -> None:
    """Run a program that leaves something for those that are measured."""
    full = {name: value for name, value in {**os.environ, **env}.items() if value}
    subprocess.run(
        [sys.executable, "-P", str(HERE / f"{program}.py"), *arguments], env=full, check=True
    )


@contextmanager
def resource() -> Iterator[Environment]:
    """Give a resource that wants a bearer token, in a process of its own."""
    with _served("serve_resource") as url:
        yield {"BENCH_RESOURCE": url}


def issuer(conduct: str) -> AbstractContextManager[str]:
    """Give the address of a provider in a process of its own."""
    return _served("serve_provider", conduct)


@contextmanager
def _served(program: str, *arguments: str) -> Iterator[str]:
    server = subprocess.Popen(
        [sys.executable, "-P", str(HERE / f"{program}.py"), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield server.stdout.readline().strip()
    finally:
        server.communicate(timeout=10)
