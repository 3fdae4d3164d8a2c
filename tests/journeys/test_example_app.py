"""The example application with its own tests, run as a stranger runs them."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from pywry_auth.testing import Fault


EXAMPLE = Path(__file__).parents[1] / "example_app"
LONG = 300  # seconds on a loaded machine
OTHER_TESTS = 8


def stranger_runs(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run *folder*'s tests with what is installed, and nothing of this repository's tests."""
    env = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider", "."],
        cwd=folder,
        env=env | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=LONG,
        check=False,
    )


def copied(folder: Path) -> Path:
    for path in EXAMPLE.glob("*.py"):
        shutil.copy(path, folder)
    return folder


def test_the_example_passes_its_own_tests(tmp_path: Path) -> None:
    done = stranger_runs(copied(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    passed = re.search(r"^(\d+) passed", done.stdout, re.MULTILINE)
    assert passed is not None
    assert int(passed[1]) == OTHER_TESTS + len(Fault)


def test_the_tests_of_the_example_find_a_broken_program(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    program = folder / "notes_app.py"
    right = program.read_text()
    broken = right.replace("except TokenExpiredError:", "except ZeroDivisionError:")
    assert broken != right
    program.write_text(broken)
    done = stranger_runs(folder)
    assert done.returncode == 1
    assert "test_an_ended_session_asks_for_a_sign_in" in done.stdout
