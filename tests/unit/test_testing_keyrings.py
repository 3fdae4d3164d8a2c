"""Each keyring has the fault it is named for, and a store says so in our words."""

import asyncio
import threading

import keyring.core
import pytest

from pywry_auth.errors import (
    EncryptionUnavailableError,
    StoreError,
    StoreUnavailableError,
)
from pywry_auth.testing.keyrings import (
    WINDOWS_BYTES,
    CredWriteError,
    DyingKeyring,
    ForgetfulKeyring,
    LockedKeyring,
    MemoryKeyring,
    MissingKeyring,
    SlowKeyring,
    TinyKeyring,
    UnansweredKeyring,
    installed,
)
from pywry_auth.token_store import KeyringTokenStore
from pywry_auth.token_store.deadline import Patience
from pywry_auth.tokens import OAuthTokenSet


def tokens_of(word: str, size: int = 0) -> OAuthTokenSet:
    return OAuthTokenSet(f"access-{word}" + "a" * size, refresh_token="r", issued_at=5.0)


def test_the_former_keyring_is_back_afterwards() -> None:
    before = keyring.core._keyring_backend
    with installed(MemoryKeyring()) as ours:
        assert keyring.get_keyring() is ours
        with pytest.raises(RuntimeError), installed(MemoryKeyring()):
            raise RuntimeError
        assert keyring.get_keyring() is ours
    assert keyring.core._keyring_backend is before


def test_no_keyring_of_ours_is_ever_chosen_by_itself() -> None:
    from keyring.backend import get_all_keyring

    assert not [one for one in get_all_keyring() if isinstance(one, MemoryKeyring)]
    assert not MemoryKeyring.viable


def test_a_keyring_shows_no_secret() -> None:
    with installed(MemoryKeyring()) as ours:
        KeyringTokenStore("kit").slot().save(tokens_of("canary"))
        assert "canary" not in f"{ours}{ours!r}"
        assert ours.entries("kit") == ["default", "~pywry~index"]
        assert "set" in ours.calls


def test_a_missing_keyring_is_said_with_advice() -> None:
    with installed(MissingKeyring()), pytest.raises(EncryptionUnavailableError) as caught:
        KeyringTokenStore().slot().load()
    assert caught.value.message == "no keyring is running here"
    assert caught.value.hint


def test_a_locked_keyring_is_said_and_can_be_unlocked() -> None:
    with installed(LockedKeyring()) as ours:
        store = KeyringTokenStore()
        with pytest.raises(StoreUnavailableError, match="locked"):
            store.slot().save(tokens_of("one"))
        ours.unlock()
        store.slot().save(tokens_of("one"))
        assert store.slot().load() == tokens_of("one")


def test_a_dialog_nobody_answers_ends_with_the_patience() -> None:
    said: list[str] = []
    with installed(UnansweredKeyring()) as ours:
        store = KeyringTokenStore(
            patience=Patience(limit=0.05, notice=0.01), on_waiting=lambda: said.append("waiting")
        )
        with pytest.raises(StoreUnavailableError, match="not answered"):
            store.slot().load()
        assert said == ["waiting"]
        ours.answer()
        store.slot().save(tokens_of("one"))
        assert store.slot().load() == tokens_of("one")


def test_whoever_waits_is_let_go_when_the_keyring_goes() -> None:
    with installed(UnansweredKeyring()) as ours:
        waiting = threading.Thread(target=ours.get_password, args=("a", "b"))
        waiting.start()
    waiting.join(5)
    assert not waiting.is_alive()


def test_a_slow_keyring_gives_what_it_has() -> None:
    with installed(SlowKeyring(0.03)):
        said: list[str] = []
        store = KeyringTokenStore(
            patience=Patience(limit=5, notice=0.001), on_waiting=lambda: said.append("waiting")
        )
        store.slot().save(tokens_of("one"))
        assert store.slot().load() == tokens_of("one")
        assert said


def test_a_tiny_keyring_refuses_what_windows_refuses() -> None:
    tiny = TinyKeyring()
    tiny.set_password("a", "b", "x" * (WINDOWS_BYTES // 2))
    with pytest.raises(CredWriteError):
        tiny.set_password("a", "b", "x" * (WINDOWS_BYTES // 2 + 1))
    with installed(TinyKeyring(size=100)):  # smaller than any we know, so parts are too long
        with pytest.raises(StoreError) as caught:
            KeyringTokenStore().slot().save(tokens_of("canary", 500))
        assert "canary" not in str(caught.value)


@pytest.mark.parametrize("writes", range(14))
def test_a_keyring_that_dies_while_a_record_is_split_leaves_the_old_or_the_new(writes: int) -> None:
    old, new = tokens_of("old", 4000), tokens_of("new", 4000)
    with installed(DyingKeyring(writes)) as ours:
        store = KeyringTokenStore()
        ours.revive()
        store.slot().save(old)
        ours.die_after(writes)
        died = True
        try:
            store.slot().save(new)
            died = False
        except StoreUnavailableError:
            pass
        ours.revive()
        found = KeyringTokenStore().slot().load()
        assert found in ([old, new] if died else [new])
        KeyringTokenStore().slot().save(new)
        assert len([n for n in ours.entries("pywry-oauth") if "part" in n]) == 4


def test_the_dying_keyring_dies_inside_a_record_at_least_once() -> None:
    with installed(DyingKeyring(6)) as ours, pytest.raises(StoreUnavailableError):
        KeyringTokenStore().slot().save(tokens_of("one", 9000))
    parts = [name for name in ours.entries("pywry-oauth") if "part" in name]
    assert 0 < len(parts) < 8
    assert "default" not in ours.entries("pywry-oauth")


def test_a_forgetful_keyring_has_nobody_signed_in() -> None:
    with installed(ForgetfulKeyring()):
        store = KeyringTokenStore()
        store.slot().save(tokens_of("one"))
        assert store.slot().load() is None
        assert asyncio.run(store.list_keys()) == []
