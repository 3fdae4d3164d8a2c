"""What was asked for, held against what was granted."""

import pytest

from pywry_auth.protocol.scopes import ScopeDifference, granted_by, said_scope, together
from pywry_auth.tokens import OAuthTokenSet


@pytest.mark.parametrize(
    ("asked", "granted", "denied", "unasked"),
    [
        ("a b", "b a", (), ()),
        ("a b", "a", ("b",), ()),
        ("a", "a b", (), ("b",)),
        ("a a", "a", (), ()),
        ("Mail", "mail", ("Mail",), ("mail",)),
        ("", "", (), ()),
    ],
)
def test_a_difference_is_counted_in_whole_words(asked, granted, denied, unasked):
    found = ScopeDifference.between(asked.split(), granted.split())
    assert (found.denied, found.unasked) == (denied, unasked)
    assert found.granted == tuple(granted.split())


def test_a_provider_s_other_name_for_a_scope_is_that_scope():
    found = ScopeDifference.between(
        ["email", "drive"],
        ["https://op.example/email"],
        aliases={"email": "https://op.example/email"},
    )
    assert (found.denied, found.unasked) == (("drive",), ())


def test_tokens_prove_scopes_that_answers_leave_out():
    tokens = OAuthTokenSet("a", refresh_token="r", id_token="i", scope="mail")
    asked = ("openid", "mail", "offline_access")
    assert granted_by(tokens, asked=asked) == ("mail", "openid", "offline_access")
    assert granted_by(tokens, asked=("mail",)) == ("mail",)
    bare = OAuthTokenSet("a", scope="mail")
    assert granted_by(bare, asked=asked) == ("mail",)


def test_a_silent_answer_granted_what_this_request_asked_for():
    silent = OAuthTokenSet("a", scope="openid")  # as a provider fills in what it usually asks for
    assert said_scope(silent, asked=("openid", "drive"), usual=("openid",)) == "openid drive"


def test_an_answer_that_names_the_usual_scope_is_believed():
    spoken = OAuthTokenSet("a", scope="openid", raw={"scope": "openid"})
    assert said_scope(spoken, asked=("openid", "drive"), usual=("openid",)) == "openid"
    other = OAuthTokenSet("a", scope="openid mail")
    assert said_scope(other, asked=("openid", "drive"), usual=("openid",)) == "openid mail"


def test_together_names_each_word_once():
    assert together(["a", "b"], ["b", "c"]) == ("a", "b", "c")
