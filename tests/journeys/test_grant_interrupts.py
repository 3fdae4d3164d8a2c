"""Ctrl-C leaves a token manager whole, at whichever instant it comes."""

import subprocess
import sys
from pathlib import Path

import pytest


SWEEP = Path(__file__).with_name("grant_interrupts.py")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="forks, signals"),
]


def test_ctrl_c_at_any_instant_leaves_a_manager_that_renews_once():
    ended = subprocess.run(
        [sys.executable, SWEEP], capture_output=True, text=True, timeout=300, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert ended.stdout.endswith("instants, 0 troubles\n")
