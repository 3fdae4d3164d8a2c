"""A session outlives the processes that use it; a short form of scripts/chaos."""

import json
import subprocess
import sys
from pathlib import Path

import pytest


ROOT = Path(__file__).parents[2]
CHAOS = ROOT / "scripts" / "proof_parts" / "chaos.py"

pytestmark = pytest.mark.slow


def chaos(*arguments: str) -> tuple[int, dict]:
    done = subprocess.run(
        [sys.executable, CHAOS, "--json", "--no-desktop", "--stops", "0", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def test_a_process_killed_at_any_point_takes_no_session_with_it():
    code, found = chaos("--runs", "25", "--seed", "7")
    assert found["failures"] == []
    assert code == 0
    assert len(found["hits"]) > 12


def test_leeway_at_the_provider_leaves_no_window():
    code, found = chaos("--runs", "9", "--what", "server.rotated", "--what", "reply lost",
                        "--what", "store.before", "--mode", "lenient")  # fmt: skip
    assert found["failures"] == []
    assert code == 0
    assert found["outcomes"]["RESCUED"] > 0
    assert found["outcomes"]["KILLED"] == found["outcomes"]["ANSWER_LOST"] == 0


def test_keys_that_are_away_and_a_wrong_clock_lose_nothing():
    code, found = chaos("--runs", "6", "--what", "keys away", "--what", "clock at reply",
                        "--what", "clock back", "--mode", "strict")  # fmt: skip
    assert found["failures"] == []
    assert code == 0
    assert found["outcomes"]["KEPT"] > 0


def test_a_store_that_forgets_is_seen_to_lose_the_session():
    code, found = chaos(
        "--runs", "2", "--what", "undisturbed", "--mode", "strict", "--sabotage", "store"
    )
    assert code == 1
    assert found["outcomes"]["LOST"] > 0
