"""What the command line says of a machine, as a terminal shows it."""

import os
import subprocess
import sys
from html import escape
from itertools import product
from tempfile import TemporaryDirectory

from album import Album, Shot
from in_chromium import SCHEMES, tab

from tests import axe_kit
from tests.keyring_env import private_keyring
from tests.providers_kit import OidcProviderOP
from tests.screen import Screen


LOOK = {"light": ("#ffffff", "#1b1f29"), "dark": ("#12141a", "#eef0f5")}
PAGE = """<!doctype html><meta charset="utf-8"><style>body{{margin:0;padding:20px;
background:{0};color:{1};font:14px/1.5 "DejaVu Sans Mono",monospace}}pre{{margin:0;font:inherit;
white-space:pre-wrap}}</style><pre>$ {2}
{3}</pre>"""
COLUMNS = 88


def doctor(album: Album) -> None:
    """The doctor, of a healthy machine and of one that lacks what it needs."""
    with Screen() as screen, private_keyring() as session, OidcProviderOP() as op:
        provider = ["--issuer", op.issuer, "--client-id", op.client_id]
        healthy = {**screen.env, **{name: text for name, text in session.items() if text}}
        healthy |= {"DISPLAY": screen.display}
        poor = {**os.environ, "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent", "DISPLAY": ""}
        gone = ["--issuer", "http://127.0.0.1:9", "--client-id", op.client_id]
        said = {
            "all is well": _said(provider, healthy),
            "nothing is": _said(gone, poor),
        }
    with axe_kit.chromium() as browser:
        for scheme, state in product(SCHEMES, said):
            with tab(browser, scheme, (820, 200)) as page:
                page.set_content(PAGE.format(*LOOK[scheme], *map(escape, said[state])))
                shot = Shot("pywry-auth doctor", state, scheme)
                page.screenshot(path=album.add(shot), full_page=True)


def _said(arguments: list[str], env: dict[str, str]) -> tuple[str, str]:
    with TemporaryDirectory() as home:
        own = {"HOME": home, "XDG_DATA_HOME": home, "COLUMNS": str(COLUMNS)}
        done = subprocess.run(
            [sys.executable, "-m", "pywry_auth", "doctor", *arguments],
            env={**env, **own},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
    return " ".join(["pywry-auth doctor", *arguments]), f"{done.stdout}\n[exit {done.returncode}]"


PARTS = {"doctor": doctor}
