"""A person at each toolkit's button, with everything behind it as in a real application."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.screen import Screen, missing_tools


pytestmark = [
    pytest.mark.window,
    pytest.mark.skipif(bool(missing_tools()), reason=f"not installed: {missing_tools()}"),
]

APP = Path(__file__).with_name("button_desk.py")


@pytest.fixture(scope="module")
def screen() -> Iterator[Screen]:
    with Screen() as screen:
        yield screen


def heard(process, **wanted):
    """Wait until the application says all of *wanted*; give what it said before."""
    before = []
    for line in process.stdout:
        said = json.loads(line)
        if wanted.items() <= said.items():
            return before
        before.append(said)
    raise AssertionError(f"it ended without saying {wanted}, but {before}")


@pytest.mark.parametrize("kind", ["tk", "qt"])
def test_a_press_signs_in_and_the_menu_signs_out(screen, tmp_path, kind):
    command = [sys.executable, str(APP), kind, str(tmp_path)]
    env = screen.environment_over({**os.environ, "LANGUAGE": "en", "LC_ALL": "C.UTF-8"})
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=env, stdin=pipe, stdout=pipe, text=True) as process:
        heard(process, ready=True)
        screen.window("Notes")
        screen.press("space")
        before = heard(process, state="signed_in", label="Ada Lovelace")
        assert {said["state"] for said in before} <= {"opening", "waiting"}
        screen.press("Down", "Up", "Return")
        heard(process, state="signed_out")
        process.stdin.close()
        heard(process, ended=True)
    assert process.returncode == 0
