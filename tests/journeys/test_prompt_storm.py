"""Ten programs need a sign-in at once: one window, whatever becomes of it."""

import asyncio
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from pywry_auth import KeyringTokenStore, OAuthTokenSet
from pywry_auth.tokens import TokenOrigin
from tests import keyring_env, providers_kit
from tests.screen import until


ROOT = Path(__file__).parents[2]
PROGRAMS = 10
LONG = 100.0  # seconds for ten interpreters on a loaded machine

pytestmark = [
    pytest.mark.keyring,
    pytest.mark.skipif(bool(keyring_env.lacks()), reason=keyring_env.lacks()),
    pytest.mark.skipif(
        providers_kit.OidcProviderOP.missing() is not None,
        reason=str(providers_kit.OidcProviderOP.missing()),
    ),
]


class Program:
    """One program, with what it has said so far."""

    def __init__(self, issuer, folder, env):
        self.said = []
        window = [sys.executable, str(Path(__file__).with_name("window_process.py"))]
        self.process = subprocess.Popen(
            [
                sys.executable,
                str(Path(__file__).with_name("needy.py")),
                issuer,
                *window,
                issuer,
                str(folder),
            ],
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.said.append(json.loads(line))

    def go(self):
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def has_said(self, word):
        return any(word in fact for fact in self.said)

    @property
    def needs(self):
        return self.has_said("needs")

    @property
    def end(self):
        """What it said last, once it has said everything."""
        return self.said[-1] if self.has_said("token") or self.has_said("error") else None

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._reader.join(10)
        self.process.stdin.close()
        self.process.stdout.close()


class Machine:
    """Ten programs over one keyring whose session has ended at the provider."""

    def __init__(self, op, folder, session):
        self.op, self.folder = op, folder
        env = {**os.environ, **session, "PYTHONPATH": str(ROOT)}
        self.programs = [
            Program(op.issuer, folder, {name: value for name, value in env.items() if value})
            for _ in range(PROGRAMS)
        ]

    def start(self):
        until(lambda: all(p.has_said("ready") for p in self.programs), "all are ready", LONG)
        for program in self.programs:
            program.go()
        until(lambda: all(p.needs for p in self.programs), "all need a sign-in", LONG)
        until(self.windows, "a window", LONG)

    def windows(self):
        """Whose windows were opened, oldest first: the numbers of the programs."""
        found = sorted(self.folder.glob("window.*"), key=lambda path: path.stat().st_mtime_ns)
        return [int(text) for path in found if (text := path.read_text())]

    def decide(self, what):
        (self.folder / "new").write_text(what)
        (self.folder / "new").rename(self.folder / "decision")

    def ends(self, programs=None):
        chosen = self.programs if programs is None else programs
        until(lambda: all(p.end is not None for p in chosen), "all have ended", LONG)
        return [program.end for program in chosen]

    def asked(self):
        """How often the provider was asked to sign somebody in, and was answered with a code."""
        self.op.control(mark="counted")
        self.op.wait_for(lambda event: event.get("mark") == "counted")
        told = [event.get("event") for event in list(self.op.events)]
        codes = [
            event
            for event in list(self.op.events)
            if (event.get("event"), event.get("grant_type"))
            == ("grant.success", "authorization_code")
        ]
        return told.count("auth"), len(codes)

    def stop(self):
        for program in self.programs:
            program.stop()


@pytest.fixture
def machine(tmp_path):
    with (
        keyring_env.private_keyring() as session,
        providers_kit.OidcProviderOP(alwaysRefresh=True) as op,
    ):
        with keyring_env.in_environment(session):
            ended = OAuthTokenSet(
                "ended",
                refresh_token="refused",
                expires_in=1,
                issued_at=1.0,
                origin=TokenOrigin(op.issuer, "native", "alice"),
            )
            asyncio.run(KeyringTokenStore("needy").save("shared", ended))
        machine = Machine(op, tmp_path, session)
        try:
            yield machine
        finally:
            machine.stop()


def test_one_window_signs_all_of_them_in(machine):
    machine.start()
    assert len(machine.windows()) == 1
    machine.decide("sign in")
    ends = machine.ends()
    tokens = {end["token"] for end in ends}
    assert len(tokens) == 1
    assert tokens != {None}
    assert len(machine.windows()) == 1
    assert machine.asked() == (1, 1)


def test_after_it_was_closed_none_of_the_others_opens_a_second(machine):
    machine.start()
    machine.decide("close")
    ends = machine.ends()
    assert len(machine.windows()) == 1
    assert machine.asked()[1] == 0
    reasons = [end["why"] for end in ends if end.get("token") is None and "error" not in end]
    assert reasons.count("paused") >= PROGRAMS - 1
    assert not [end for end in ends if end.get("token")]


def test_when_the_program_that_asks_is_killed_another_one_asks(machine):
    machine.start()
    (holder,) = machine.windows()
    killed = next(program for program in machine.programs if program.process.pid == holder)
    killed.process.kill()
    until(lambda: len(machine.windows()) == 2, "another window", LONG)
    machine.decide("sign in")
    others = [program for program in machine.programs if program is not killed]
    tokens = {end["token"] for end in machine.ends(others)}
    assert len(tokens) == 1
    assert tokens != {None}
    assert len(machine.windows()) == 2
    assert machine.asked()[1] == 1
