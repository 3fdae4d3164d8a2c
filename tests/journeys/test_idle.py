"""A signed-in application does nothing while nothing happens."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests import keyring_env
from tests.screen import missing_tools


IDLE = Path(__file__).parents[2] / "scripts" / "proof_parts" / "idle.py"
LONG = 180.0  # seconds for two applications on a loaded machine

pytestmark = [
    pytest.mark.window,
    pytest.mark.keyring,
    pytest.mark.skipif(bool(missing_tools()), reason=f"not installed: {missing_tools()}"),
    pytest.mark.skipif(bool(keyring_env.lacks()), reason=keyring_env.lacks()),
]


def test_no_thread_of_ours_polls_while_nobody_does_anything():
    done = subprocess.run(
        [sys.executable, "-P", IDLE, "--json", "--seconds", "5"],
        capture_output=True,
        text=True,
        timeout=LONG,
        check=False,
    )
    threads = json.loads(done.stdout)["with"]["threads"]
    ours = {each["name"]: each["woke"] for each in threads if "pywry-auth" in each["name"]}
    assert {"pywry-auth-loop", "pywry-auth-end"} <= ours.keys()
    # One look at the clock in half a minute, which may fall into these five seconds.
    assert max(ours.values()) <= 1
