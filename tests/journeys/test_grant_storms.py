"""Programs without a window ask all at once, and one request is made; a short storm --grants."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests import keyring_env


ROOT = Path(__file__).parents[2]
STORM = ROOT / "scripts" / "proof_parts" / "storm.py"
LACKS = keyring_env.lacks() or ""

pytestmark = [
    pytest.mark.keyring,
    pytest.mark.slow,
    pytest.mark.skipif(bool(LACKS), reason=LACKS),
]


def storm(*arguments: str) -> tuple[int, dict]:
    done = subprocess.run(
        [sys.executable, STORM, "--grants", "--json", "--processes", "8", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def harms(*names: str) -> list[str]:
    return [part for name in names for part in ("--harm", name)]


# 4B.32, 4B.33, 4B.34, 4B.35, 4B.37
def test_threads_tasks_and_processes_share_one_request_whatever_is_done_to_some():
    code, found = storm("--rounds", "1", "--seed", "5")
    assert found["failures"] == []
    assert code == 0
    assert found["killed"]
    assert found["interrupted"] > 0
    assert found["told_to_wait"] > 0
    assert found["requests"]["undisturbed"] == found["storms"]["undisturbed"]


@pytest.mark.parametrize("what", ["lock", "store"])
def test_without_its_lock_or_its_store_the_storm_ends_the_session(what):
    code, found = storm("--rounds", "1", *harms(""), "--seed", "2", "--sabotage", what)
    assert code == 1
    assert any("a spent refresh token" in failure for failure in found["failures"])
