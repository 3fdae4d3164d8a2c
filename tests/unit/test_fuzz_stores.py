"""Stores in any order of calls, with writes that fail half way, beside a dictionary."""

import asyncio
import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)
from keyring.errors import PasswordDeleteError

from pywry_auth.errors import StoreError
from pywry_auth.token_store import (
    JsonFileTokenStore,
    KeyringTokenStore,
    MemoryTokenStore,
    RedisTokenStore,
    SealedTokenStore,
    one_file,
)
from pywry_auth.tokens import OAuthTokenSet
from tests import redis_server


FUZZ = settings(
    max_examples=25,
    stateful_step_count=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
KEYS = st.sampled_from(["", "ada", "Ada", "a/b:c", "~pywry~index", "ключ \ud800"])
SIZES = st.sampled_from([0, 0, 300, 5000])


class Refused(Exception):
    """What a backend raises that is none of ours."""


class Budget:
    """So many steps succeed; the next one fails, before or after it has been done."""

    def __init__(self):
        self.refill(None, after=False)

    def refill(self, left, *, after):
        self.left, self.after = left, after

    def spend(self, work, error):
        """Do *work*, or fail; once failed, everything fails until the next refill."""
        if self.left is None:
            return work()
        self.left -= 1
        if self.left > 0:
            return work()
        if self.left == 0 and self.after:
            work()
        raise error


class Keyring:
    """A keyring in a dictionary, whose every call may fail."""

    def __init__(self, budget):
        self.entries = {}
        self.budget = budget

    def get_password(self, service, username):
        return self.budget.spend(lambda: self.entries.get((service, username)), Refused())

    def set_password(self, service, username, password):
        def work():
            self.entries[service, username] = password

        self.budget.spend(work, Refused())

    def delete_password(self, service, username):
        def work():
            if self.entries.pop((service, username), None) is None:
                raise PasswordDeleteError("not there")

        self.budget.spend(work, Refused())


class StoreMachine(RuleBasedStateMachine):
    """Knows for each key what may be stored: one value, or two after a write that failed."""

    def make(self, folder, budget):
        raise NotImplementedError

    @initialize()
    def begin(self):
        self.open = ExitStack()
        folder = Path(self.open.enter_context(tempfile.TemporaryDirectory()))
        patch = self.open.enter_context(pytest.MonkeyPatch.context())
        patch.setenv("XDG_DATA_HOME", str(folder / "data"))
        self.budget = Budget()
        self.patch_files(patch)
        self.remake = self.make(folder, self.budget)
        self.store = self.remake()
        self.known = {}
        self.count = 0

    def patch_files(self, patch):
        real = one_file.replace_private

        def replace(path, content):
            self.budget.spend(lambda: real(path, content), OSError(28, "full"))

        patch.setattr(one_file, "replace_private", replace)

    def teardown(self):
        if hasattr(self, "open"):
            self.open.close()

    def possible(self, key):
        return self.known.get(key, {None})

    @rule(key=KEYS, size=SIZES, blocking=st.booleans())
    def save(self, key, size, blocking):
        tokens = self.fresh(size)
        if blocking:
            self.store.slot(key).save(tokens)
        else:
            asyncio.run(self.store.save(key, tokens))
        self.known[key] = {tokens.access_token}

    @rule(key=KEYS, size=SIZES, left=st.integers(1, 14), after=st.booleans())
    def save_and_fail(self, key, size, left, after):
        tokens = self.fresh(size)
        self.budget.refill(left, after=after)
        try:
            self.store.slot(key).save(tokens)
        except StoreError:
            self.known[key] = self.possible(key) | {tokens.access_token}
        else:
            self.known[key] = {tokens.access_token}
        self.budget.refill(None, after=False)

    @rule(key=KEYS)
    def delete(self, key):
        asyncio.run(self.store.delete(key))
        self.known[key] = {None}

    @rule(key=KEYS, left=st.integers(1, 14), after=st.booleans())
    def delete_and_fail(self, key, left, after):
        self.budget.refill(left, after=after)
        try:
            self.store.slot(key).clear()
        except StoreError:
            self.known[key] = self.possible(key) | {None}
        else:
            self.known[key] = {None}
        self.budget.refill(None, after=False)

    @rule(key=KEYS, left=st.integers(1, 4))
    def load_and_fail(self, key, left):
        """A read that fails says so, or gives what is there; it changes nothing."""
        self.budget.refill(left, after=False)
        try:
            found = self.store.slot(key).load()
        except StoreError:
            pass
        else:
            self.see(key, found)
        self.budget.refill(None, after=False)

    @rule(key=KEYS, blocking=st.booleans())
    def load(self, key, blocking):
        slot = self.store.slot(key)
        self.see(key, slot.load() if blocking else asyncio.run(self.store.load(key)))

    def see(self, key, found):
        word = None if found is None else found.access_token
        assert word in self.possible(key), (key, word)
        self.known[key] = {word}

    @rule()
    def list_keys(self):
        listed = asyncio.run(self.store.list_keys())
        assert listed == sorted(set(listed))
        for key in listed:
            assert self.possible(key) != {None}, key
        for key, words in self.known.items():
            assert None in words or key in listed, key

    @rule()
    def restart(self):
        """Another process finds what this one left."""
        self.store = self.remake()

    def fresh(self, size):
        self.count += 1
        return OAuthTokenSet(f"{self.count}-" + "a" * size, refresh_token="r", issued_at=5.0)


class MemoryMachine(StoreMachine):
    def make(self, folder, budget):
        del folder, budget
        store = MemoryTokenStore()
        return lambda: store


class FileMachine(StoreMachine):
    def make(self, folder, budget):
        del budget
        return lambda: JsonFileTokenStore(folder / "tokens.json")


class SealedMachine(StoreMachine):
    def make(self, folder, budget):
        keyring = Keyring(budget)
        return lambda: SealedTokenStore(folder / "tokens.sealed", "svc", backend=keyring)


class KeyringMachine(StoreMachine):
    def make(self, folder, budget):
        del folder
        keyring = Keyring(budget)
        return lambda: KeyringTokenStore("svc", backend=keyring)


class SplitKeyringMachine(StoreMachine):
    def make(self, folder, budget):
        del folder
        keyring = Keyring(budget)
        return lambda: KeyringTokenStore("svc", backend=keyring, part_size=200)


TestMemory = MemoryMachine.TestCase
TestFile = FileMachine.TestCase
TestSealed = SealedMachine.TestCase
TestKeyring = KeyringMachine.TestCase
TestSplitKeyring = SplitKeyringMachine.TestCase
for _case in (TestMemory, TestFile, TestSealed, TestKeyring, TestSplitKeyring):
    _case.settings = FUZZ
del _case


if not redis_server.lacks():

    class RedisMachine(StoreMachine):
        def make(self, folder, budget):
            del folder, budget
            server = self.open.enter_context(redis_server.redis_server())
            store = RedisTokenStore(server.app_url)
            self.open.callback(store.close)
            return lambda: store

    TestRedis = RedisMachine.TestCase
    TestRedis.settings = settings(FUZZ, max_examples=5)


def test_the_machine_notices_a_store_that_loses_a_record():
    class Losing(MemoryTokenStore):
        def get(self, key):
            return None if key != "" else super().get(key)

    class LosingMachine(StoreMachine):
        def make(self, folder, budget):
            del folder, budget
            store = Losing()
            return lambda: store

    with pytest.raises(AssertionError):
        run_state_machine_as_test(
            LosingMachine, settings=settings(FUZZ, max_examples=200, phases=[Phase.generate])
        )
