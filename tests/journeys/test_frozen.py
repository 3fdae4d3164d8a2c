"""A folder made by PyInstaller signs in on a desk where no Python is to be found."""

import os
import subprocess
from pathlib import Path

import pytest

from tests import keyring_env, providers_kit
from tests.journeys.test_examples import LACKS, NAME, Example
from tests.screen import Screen, missing_tools, until


ROOT = Path(__file__).parents[2]
TITLE = "Acme Notes"
BUILD_LIMIT = 600  # seconds; it takes half a minute where nothing else runs

pytestmark = [
    pytest.mark.slow,
    pytest.mark.window,
    pytest.mark.keyring,
    pytest.mark.skipif(not os.environ.get("PYWRY_AUTH_SLOW"), reason="PYWRY_AUTH_SLOW=1 runs it"),
    pytest.mark.skipif(bool(missing_tools()), reason=f"not installed: {missing_tools()}"),
    pytest.mark.skipif(bool(LACKS), reason=LACKS),
]


@pytest.fixture(scope="module", params=os.environ.get("PYWRY_AUTH_FROZEN", "gtk").split())
def program(request):
    done = subprocess.run(
        [ROOT / "scripts" / "build_frozen", "pywebview", "--gui", request.param],
        capture_output=True,
        text=True,
        timeout=BUILD_LIMIT,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.strip()


def test_it_signs_in_from_an_empty_home_and_the_second_start_is_silent(program, tmp_path):
    with (
        Screen() as screen,
        keyring_env.private_keyring() as session,
        providers_kit.OidcProviderOP() as op,
    ):
        desk = {
            "HOME": str(tmp_path),
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "DISPLAY": screen.display,
            "XDG_RUNTIME_DIR": session["XDG_RUNTIME_DIR"],
            "DBUS_SESSION_BUS_ADDRESS": session["DBUS_SESSION_BUS_ADDRESS"],
            "PYWRY_AUTH_PROVIDER": "oidc",
            "PYWRY_AUTH_ISSUER_URL": op.issuer,
            "PYWRY_AUTH_CLIENT_ID": op.client_id,
        }
        first = Example(screen, op, desk, [program])
        try:
            first.new_window()
            screen.press("Tab", "Return")
            first.signs_in(first.new_window())
            first.says(f"signed_in {NAME}")
            until(lambda: len(first.windows) == 1, "the sign-in window is gone")
            first.is_closed()
        finally:
            first.put_away()
        with keyring_env.in_environment(session):
            assert keyring_env.entries_of("pywry-auth:acme-notes")
        again = Example(screen, op, desk, [program])
        try:
            again.new_window()
            again.says(f"signed_in {NAME}")
            assert len(again.windows) == 1
            again.is_closed()
        finally:
            again.put_away()
