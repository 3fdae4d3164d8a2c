import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pywry_auth.errors import StoredDataError
from pywry_auth.token_store.codec import NewerFormatError, decode, encode
from pywry_auth.tokens import SECRET_MEMBERS, OAuthTokenSet, TokenOrigin


words = st.text(max_size=40)
seconds = st.integers(0, 10**9) | st.floats(0, 1e9, allow_nan=False)
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)
token_sets = st.builds(
    OAuthTokenSet,
    access_token=words,
    token_type=words,
    refresh_token=st.none() | words,
    expires_in=st.none() | seconds,
    id_token=st.none() | words,
    scope=words,
    raw=st.dictionaries(words.filter(lambda name: name not in SECRET_MEMBERS), plain, max_size=3),
    issued_at=seconds,
    refresh_expires_in=st.none() | seconds,
    origin=st.none() | st.builds(TokenOrigin, words, words, words),
)


@given(token_sets)
def test_every_token_set_survives_the_text(tokens):
    found = decode(encode(tokens))
    assert found == tokens
    assert found.raw == tokens.raw
    assert found.origin == tokens.origin


@given(token_sets)
def test_the_text_is_one_line_of_ascii_with_a_version(tokens):
    text = encode(tokens)
    assert text.isascii()
    assert text.isprintable()
    assert json.loads(text)["v"] == 1


@given(st.text(max_size=60) | plain.map(json.dumps) | st.binary().map(lambda b: b.decode("latin1")))
def test_any_other_text_is_refused_with_one_error_that_repeats_none_of_it(text):
    marked = f"secret-canary{text}"
    for damaged in (text, marked, json.dumps({"v": 1, "at": [marked]}), json.dumps({"v": marked})):
        with pytest.raises(StoredDataError) as caught:
            decode(damaged)
        error = caught.value
        assert "secret-canary" not in f"{error!r} {error} {error.hint} {error.__cause__}"


@pytest.mark.parametrize(
    "members",
    [
        {"v": 1},
        {"v": 0, "at": "a", "tt": "Bearer"},
        {"v": True and "1", "at": "a", "tt": "Bearer"},
        {"v": 1, "at": 5, "tt": "Bearer"},
        {"v": 1, "at": "a", "tt": "Bearer", "rt": 5},
        {"v": 1, "at": "a", "tt": "Bearer", "exp": "soon"},
        {"v": 1, "at": "a", "tt": "Bearer", "exp": True},
        {"v": 1, "at": "a", "tt": "Bearer", "exp": -5},
        {"v": 1, "at": "a", "tt": "Bearer", "iat": "yesterday"},
        {"v": 1, "at": "a", "tt": "Bearer", "raw": [1]},
        {"v": 1, "at": "a", "tt": "Bearer", "own": ["issuer"]},
        {"v": 1, "at": "a", "tt": "Bearer", "own": ["issuer", "client", 5]},
        {"token_type": "Bearer"},
        {"access_token": None},
    ],
)
def test_a_damaged_member_is_refused(members):
    with pytest.raises(StoredDataError):
        decode(json.dumps(members))


def test_deeply_nested_text_is_refused_like_any_other():
    with pytest.raises(StoredDataError):
        decode("[" * 100_000)


def test_a_newer_format_is_told_apart_from_damage():
    with pytest.raises(NewerFormatError, match="format 2") as caught:
        decode('{"v":2,"at":"secret"}')
    assert "secret" not in str(caught.value)


def test_the_older_form_is_read():
    found = decode(
        json.dumps(
            {
                "access_token": "a",
                "token_type": "bearer",
                "refresh_token": "r",
                "expires_in": 60,
                "id_token": "i",
                "scope": "x",
                "raw": {"access_token": "a", "nested": {"refresh_token": "r", "kept": 1}},
                "issued_at": 10.5,
            }
        )
    )
    assert found == OAuthTokenSet("a", "bearer", "r", 60, "i", "x", issued_at=10.5)
    assert found.raw == {"nested": {"kept": 1}}


def test_an_older_record_without_its_time_counts_as_ended():
    assert decode('{"access_token":"a","expires_in":3600}').is_expired


def test_no_secret_is_written_twice_at_any_depth():
    tokens = OAuthTokenSet(
        "one-access",
        refresh_token="one-refresh",
        id_token="one-id",
        raw={
            "access_token": "one-access",
            "users": [{"access_token": "other", "client_secret": "other", "name": "kept"}],
        },
    )
    text = encode(tokens)
    assert [text.count(word) for word in ("one-access", "one-refresh", "one-id")] == [1, 1, 1]
    assert "other" not in text
    assert decode(text).raw == {"users": [{"name": "kept"}]}


def test_what_json_cannot_say_is_left_out():
    tokens = OAuthTokenSet("a", raw={"odd": object(), "nan": float("nan"), "kept": 1})
    assert decode(encode(tokens)).raw == {"kept": 1}


def test_a_small_record_costs_few_characters_beyond_its_tokens():
    tokens = OAuthTokenSet("a" * 800, refresh_token="r" * 100, expires_in=3600, issued_at=1.7e9)
    assert len(encode(tokens)) < 900 + 100
