"""A move is killed at every step that touches the disk or the keyring: no record is missing."""

import json
import os
import subprocess
import sys
from collections import Counter

import pytest


KILLED = """
import asyncio, json, os, pathlib, signal, sys
import filelock, platformdirs
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from keyring.errors import PasswordDeleteError
from pywry_auth.token_store import JsonFileTokenStore, KeyringTokenStore, SealedTokenStore
from pywry_auth.token_store.migration import migrate
from pywry_auth.tokens import OAuthTokenSet

RECORDS = int(sys.argv[4])

class FileKeyring:
    def __init__(self, place):
        self.place = pathlib.Path(place)
        self.place.mkdir(parents=True, exist_ok=True)
    def path(self, username):
        return self.place / username.encode().hex()
    def get_password(self, service, username):
        entry = self.path(username)
        return entry.read_text() if entry.exists() else None
    def set_password(self, service, username, password):
        # as a keyring service does it: at once, or not at all
        entry = self.path(username)
        entry.with_suffix(".new").write_text(password)
        os.rename(entry.with_suffix(".new"), entry)
    def delete_password(self, service, username):
        if not self.path(username).exists():
            raise PasswordDeleteError("not there")
        os.remove(self.path(username))

class Steps:
    '''Kills this process, as kill -9 does, at the step of that number.'''
    def __init__(self, left):
        self.left = left
    def at(self, name):
        self.left -= 1
        if self.left < 0:
            os.write(2, f"{name}\\n".encode())
            os.kill(os.getpid(), signal.SIGKILL)
    def around(self, owner, name):
        real = getattr(owner, name)
        def work(*args, **kwargs):
            self.at(f"before {name}")
            given = real(*args, **kwargs)
            self.at(f"after {name}")
            return given
        setattr(owner, name, work)

def store(kind, folder):
    if kind == "file":
        return JsonFileTokenStore(folder / "plain" / "t")
    keyring = FileKeyring(folder / "keyring")
    if kind == "sealed":
        return SealedTokenStore(folder / "sealed" / "t", "svc", backend=keyring)
    return KeyringTokenStore("split", backend=keyring, part_size=300)

def begin(folder):
    source = store(sys.argv[2], folder)
    for number in range(RECORDS):
        key = f"user-{number}"
        if number % 2:
            source.slot(key).save(OAuthTokenSet(key + "a" * 400, refresh_token="r", issued_at=5.0))
        else:  # as a release before the first version of the form wrote it
            older = {"access_token": key + "a" * 400, "refresh_token": "r", "issued_at": 5.0}
            source._records.write(key, json.dumps(older), None)

def held(one):
    keys = asyncio.run(one.list_keys())
    return {key for key in keys if one.slot(key).load().access_token == key + "a" * 400}

def look(folder):
    source, target = store(sys.argv[2], folder), store(sys.argv[3], folder)
    between = held(source) | held(target)
    asyncio.run(migrate(source, target))
    damaged = [str(one) for one in folder.rglob("*damaged*")]
    return [len(between), len(held(source)), len(held(target)), damaged]

def child(work):
    number = os.fork()
    if number == 0:
        work()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])

def move(folder, left):
    steps = Steps(left)
    steps.around(os, "fsync")
    steps.around(pathlib.Path, "replace")
    for name in ("set_password", "delete_password"):
        steps.around(FileKeyring, name)
    asyncio.run(migrate(store(sys.argv[2], folder), store(sys.argv[3], folder)))

import shutil
whole = pathlib.Path(sys.argv[1]) / "whole"
whole.mkdir()
child(lambda: begin(whole))
for number in range(5000):
    folder = pathlib.Path(sys.argv[1]) / "copy"
    shutil.copytree(whole, folder)
    ended = child(lambda: move(folder, number))
    child(lambda: print(json.dumps([ended, *look(folder)]), flush=True))
    shutil.rmtree(folder)
    if ended == 0:
        break
"""


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="needs fork")
@pytest.mark.parametrize(
    ("source", "target", "records", "seams"),
    [
        ("file", "sealed", 4, {"fsync", "replace", "set_password"}),
        ("sealed", "file", 4, {"fsync", "replace"}),
        ("split", "sealed", 2, {"fsync", "replace", "set_password", "delete_password"}),
        ("file", "split", 2, {"fsync", "replace", "set_password", "delete_password"}),
    ],
)
def test_a_move_that_is_killed_anywhere_loses_nothing_and_the_next_one_completes(
    tmp_path, monkeypatch, source, target, records, seams
):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    (tmp_path / "work").mkdir()
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path / "work"), source, target, str(records)],
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    seen = [json.loads(line) for line in done.stdout.splitlines()]
    at = Counter(done.stderr.splitlines())
    sys.stdout.write(f"{dict(at)}\n")
    assert [ended for ended, *_ in seen] == [-9] * (len(seen) - 1) + [0], done.stderr[-2000:]
    assert sum(at.values()) == len(seen) - 1
    assert {word.partition(" ")[2] for word in at} == seams
    for _, between, left, arrived, damaged in seen:
        assert (between, left, arrived, damaged) == (records, 0, records, [])
