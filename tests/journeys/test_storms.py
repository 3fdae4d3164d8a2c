"""Everybody asks at once, and the provider sees one request; a short form of scripts/storm."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests import keyring_env
from tests.providers_kit import OidcProviderOP


ROOT = Path(__file__).parents[2]
STORM = ROOT / "scripts" / "proof_parts" / "storm.py"
LACKS = keyring_env.lacks() or OidcProviderOP.missing() or ""

pytestmark = [
    pytest.mark.keyring,
    pytest.mark.slow,
    pytest.mark.skipif(bool(LACKS), reason=LACKS),
]


def storm(*arguments: str) -> tuple[int, dict]:
    done = subprocess.run(
        [sys.executable, STORM, "--json", "--processes", "6", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def test_a_thousand_tasks_many_threads_and_processes_make_one_request():
    code, found = storm("--rounds", "2")
    assert found["failures"] == []
    assert code == 0
    assert found["requests"] == found["storms"]
    assert {"tasks", "threads", "processes", "keyring", "file", "sealed"} == set(found["storms"])
    assert found["asked"]["tasks"] >= 2000
    assert found["harmed"]["tasks"] > 0


def test_members_that_are_killed_or_stopped_cost_nobody_the_session():
    code, found = storm("--rounds", "6", "--kind", "processes")
    assert found["failures"] == []
    assert code == 0
    assert found["harmed"]["processes"] > 0


def test_without_the_lock_the_storm_ends_the_session():
    code, found = storm("--rounds", "1", "--kind", "processes", "--sabotage", "lock")
    assert code == 1
    assert any("requests" in failure for failure in found["failures"])
