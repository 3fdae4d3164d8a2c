"""The demo, as a person sees it: a window, the real keyring, a second start that asks nobody."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import keyring_env
from tests.screen import missing_tools


STORY = Path(__file__).parents[2] / "scripts" / "demo_story.py"
PICTURES = ["1-login-page", "2-typed", "3-consent", "4-signed-in", "5-second-start"]


@pytest.mark.window
@pytest.mark.keyring
@pytest.mark.slow
@pytest.mark.skipif(bool(missing_tools()), reason=f"not installed: {missing_tools()}")
@pytest.mark.skipif(bool(keyring_env.lacks()), reason=keyring_env.lacks())
@pytest.mark.parametrize(("gui", "renderer"), [("qt", "qtwebengine"), ("gtk", "gtkwebkit2")])
def test_the_second_start_needs_no_window_and_one_refresh(gui, renderer, tmp_path):
    private = {name: value for name, value in os.environ.items() if name != "DISPLAY"}
    done = subprocess.run(
        [sys.executable, STORY, "--unattended", "--gui", gui, "--out", tmp_path],
        env=private | {"DBUS_SESSION_BUS_ADDRESS": ""},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    facts = json.loads(done.stdout.splitlines()[-1])
    assert facts["signed_in"] is True
    assert facts["subject"] == "alice"
    assert (facts["window"], facts["renderer"]) == ("webview", renderer)
    assert (facts["relogin"], facts["relogin_refreshes"], facts["relogin_windows"]) == (
        "silent",
        1,
        0,
    )
    assert facts["store_entries"] > 0
    assert facts["entries_left"] == 0
    assert sorted(path.stem for path in tmp_path.glob("*.png")) == PICTURES
