"""Keys that are kept beside the tokens that are bound to them."""

import json
import logging

import pytest

from pywry_auth.protocol.dpop import DPoPKey
from pywry_auth.token_store.base import key_entry, of_tokens
from pywry_auth.token_store.bound_keys import TYPE, key_in, record_of
from pywry_auth.token_store.codec import decode, encode
from pywry_auth.token_store.records import useful_life
from pywry_auth.tokens import OAuthTokenSet, TokenOrigin


KEY = DPoPKey.draw()
TOKENS = OAuthTokenSet(
    "at", refresh_token="rt", origin=TokenOrigin("https://op.example", "me", "ada")
)


def test_a_key_comes_back_out_of_any_store_s_text():
    record = decode(encode(record_of(KEY, TOKENS)))
    assert key_in(record, "x") == KEY
    assert record.origin == TOKENS.origin


def test_a_key_lives_at_least_as_long_as_its_tokens():
    assert useful_life(record_of(KEY, TOKENS)) is None
    short = OAuthTokenSet("at", refresh_token="rt", refresh_expires_in=100)
    assert useful_life(record_of(KEY, short)) > useful_life(short)
    bare = OAuthTokenSet("at", expires_in=60)
    assert useful_life(record_of(KEY, bare)) > useful_life(bare)


@pytest.mark.parametrize(
    "record",
    [
        OAuthTokenSet("at"),
        OAuthTokenSet(KEY.to_text()),
        OAuthTokenSet("{}", token_type=TYPE),
        OAuthTokenSet(KEY.to_text()[:-5], token_type=TYPE),
    ],
    ids=["tokens", "a key that says it is tokens", "empty", "cut"],
)
def test_a_damaged_record_is_no_key_and_the_log_tells_no_secret(record, caplog):
    with caplog.at_level(logging.DEBUG):
        assert key_in(record, "work#dpop") is None
    assert json.loads(KEY.to_text())["d"] not in f"{caplog.text}{vars(caplog.records[0])}"
    assert vars(caplog.records[0])["key"] == "work#dpop"


def test_nothing_stored_is_nothing_to_warn_of(caplog):
    assert key_in(None, "x") is None
    assert caplog.records == []


def test_only_what_holds_tokens_is_listed():
    assert of_tokens(["a", key_entry("a"), "b#dpop2", "#dpop"]) == ["a", "b#dpop2"]
