"""Decisions about keyrings of every platform, from facts alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jeepney import DBusErrorResponse, HeaderFields, Message, MessageType
from jeepney.low_level import Endianness, Header, MessageFlag
from keyring.errors import InitError, KeyringLocked, NoKeyringError, PasswordSetError
from secretstorage.exceptions import (
    ItemNotFoundException,
    LockedException,
    PromptDismissedException,
    SecretServiceNotAvailableException,
)

from pywry_auth.errors import EncryptionUnavailableError, StoreError, StoreUnavailableError
from pywry_auth.token_store.keyring_rules import (
    LONGEST_NAME,
    entry_name,
    folds_case,
    is_allowed,
    may_pass,
    may_prompt,
    no_backend,
    part_size,
    patience,
    translate,
)


SERVICE = "keyring.backends.SecretService.Keyring"
KWALLET = "keyring.backends.kwallet.DBusKeyring"
WINDOWS = "keyring.backends.Windows.WinVaultKeyring"
MAC = "keyring.backends.macOS.Keyring"
CHAIN = "keyring.backends.chainer.ChainerBackend"
PLAIN = "keyrings.alt.file.PlaintextKeyring"


@pytest.mark.parametrize("backend", [SERVICE, KWALLET, WINDOWS, MAC])
def test_a_keyring_that_encrypts_is_allowed(backend):
    assert is_allowed(backend)


@pytest.mark.parametrize(
    "backend",
    [
        PLAIN,
        "keyrings.alt.file.EncryptedKeyring",
        "keyring.backends.null.Keyring",
        "keyring.backends.fail.Keyring",
        "my.backends.SecretService.Keyring",
        "",
    ],
)
def test_any_other_is_refused_alone_or_in_a_chain(backend):
    assert not is_allowed(backend)
    assert not is_allowed(CHAIN, [backend])
    assert not is_allowed(CHAIN, [SERVICE, backend])
    assert not is_allowed(CHAIN, [backend, SERVICE])


def test_a_chain_is_as_good_as_its_worst_member():
    assert is_allowed(CHAIN, [KWALLET, SERVICE])
    assert not is_allowed(CHAIN, [])


def test_only_the_windows_vault_is_short_and_blind_to_case():
    assert part_size(WINDOWS) == part_size(CHAIN, [WINDOWS]) == 1200
    assert folds_case(WINDOWS)
    for backend in (SERVICE, KWALLET, MAC):
        assert part_size(backend) is None
        assert not folds_case(backend)


def test_a_part_fits_the_windows_limit():
    size = part_size(WINDOWS)
    assert size is not None
    assert len(("x" * size).encode("utf-16-le")) <= 5 * 512


names = st.text(st.characters(codec=None), max_size=300)


@given(names, names, st.booleans())
def test_two_keys_never_share_an_entry(one, other, fold):
    if one != other:
        assert entry_name(one, fold=fold) != entry_name(other, fold=fold)


@given(names, names)
def test_two_keys_share_no_entry_where_case_does_not_count(one, other):
    if one != other:
        first, second = entry_name(one, fold=True), entry_name(other, fold=True)
        assert first.lower() != second.lower()


@given(names, st.booleans())
def test_an_entry_name_is_short_printable_and_never_empty(key, fold):
    name = entry_name(key, fold=fold)
    assert 0 < len(name) <= LONGEST_NAME
    assert name.isprintable()
    name.encode()


def test_an_ordinary_key_is_its_own_entry():
    for key in ("default", "work/ada@https://op.example/x", "naïve"):
        assert entry_name(key) == key


@pytest.mark.parametrize(
    ("platform", "env", "may"),
    [
        ("linux", {"DISPLAY": ":0"}, True),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True),
        ("linux", {"DISPLAY": ""}, False),
        ("linux", {}, False),
        ("linux", {"DISPLAY": ":0", "CI": "true"}, False),
        ("linux", {"DISPLAY": ":0", "CI": "false"}, True),
        ("darwin", {}, True),
        ("darwin", {"SSH_CONNECTION": "1"}, False),
        ("darwin", {"CI": "1"}, False),
        ("win32", {"DISPLAY": ":0"}, False),
    ],
)
def test_a_dialog_can_appear_only_where_a_person_looks(platform, env, may):
    assert may_prompt(platform, env) is may
    assert patience(platform, env).limit == (120.0 if may else 10.0)


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32", "freebsd14"])
def test_without_a_keyring_the_advice_says_what_to_do(platform):
    error = no_backend(platform, "")
    assert isinstance(error, EncryptionUnavailableError)
    assert "no keyring" in error.message
    assert error.hint
    assert PLAIN in no_backend(platform, PLAIN).message


def _dbus_error():
    fields = {HeaderFields.error_name: "org.freedesktop.DBus.Error.NoReply"}
    header = Header(Endianness.little, MessageType.error, MessageFlag(0), 1, 0, 1, fields)
    return DBusErrorResponse(Message(header, ("no answer",)))


class PywinError(Exception):
    """What win32ctypes raises: no KeyringError."""


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (NoKeyringError("x"), EncryptionUnavailableError, "no keyring"),
        (KeyringLocked("Failed to unlock the collection!"), StoreUnavailableError, "locked"),
        (InitError("Prompt dismissed"), StoreUnavailableError, "could not be opened"),
        (LockedException("x"), StoreUnavailableError, "cannot be reached"),
        (_dbus_error(), StoreUnavailableError, "cannot be reached"),
        (ConnectionRefusedError(111, "x"), StoreUnavailableError, "cannot be reached"),
        (PywinError(1312, "CredRead", "no session"), StoreUnavailableError, "cannot be reached"),
        (PasswordSetError("(-25308, 'Unknown Error')"), StoreUnavailableError, "cannot be reached"),
        (PywinError(1783, "CredWrite", "bad data"), StoreError, "PywinError"),
        (PasswordSetError("x"), StoreError, "PasswordSetError"),
        (TypeError("x"), StoreError, "TypeError"),
    ],
)
def test_every_error_of_a_keyring_becomes_one_of_ours(error, kind, words):
    found = translate(error, "linux")
    assert type(found) is kind
    assert words in found.message


def test_no_error_repeats_what_was_to_be_stored():
    with pytest.raises(UnicodeEncodeError) as caught:
        "secret-canary\ud800".encode()
    assert "secret-canary" not in repr(translate(caught.value, "linux"))


def test_an_error_of_ours_stays_itself():
    error = StoreUnavailableError("too slow")
    assert translate(error, "linux") is error


def _caused_by(cause):
    error = InitError("Failed to create the collection")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "passes"),
    [
        (_dbus_error(), True),
        (ItemNotFoundException("x"), True),
        (_caused_by(SecretServiceNotAvailableException("x")), True),
        (PromptDismissedException("x"), False),
        (_caused_by(PromptDismissedException("x")), False),
        (KeyringLocked("x"), False),
        (PasswordSetError("x"), False),
        (StoreUnavailableError("too slow"), False),
    ],
)
def test_only_what_may_be_over_in_a_moment_is_tried_again(error, passes):
    assert may_pass(error) is passes
