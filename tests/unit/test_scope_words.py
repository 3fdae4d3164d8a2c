"""What an application may do, in words that people use."""

import pytest

from pywry_auth.desktop.scope_words import plain_words, scope_words
from pywry_auth.ui.texts import ENGLISH


@pytest.mark.parametrize(
    ("scope", "sentence"),
    [
        ("openid", "Know who you are"),
        ("email", "See your email address"),
        ("https://www.googleapis.com/auth/drive.file", "only the files you open"),
        ("User.Read", "See your name and picture"),
        ("https://graph.microsoft.com/Mail.Send", "Send mail in your name"),
        ("read:user", "See your name and picture"),
        ("repo", "private ones too"),
    ],
)
def test_a_known_scope_has_a_sentence(scope, sentence):
    assert sentence in (scope_words(scope, ENGLISH) or "")


@pytest.mark.parametrize(
    "scope", ["", "api://1/all", "https://www.googleapis.com/auth/", "OPENID", "drive.file"]
)
def test_nothing_is_made_up_about_an_unknown_scope(scope):
    assert scope_words(scope, ENGLISH) is None


def test_each_sentence_is_said_once_and_the_unknown_ones_are_named():
    scopes = ["openid", "profile", "read:user", "api.all", "User.Read", "api.all"]
    assert plain_words(scopes, ENGLISH) == (
        ("Know who you are", "See your name and picture"),
        ("api.all",),
    )


def test_no_scopes_are_no_words():
    assert plain_words([], ENGLISH) == ((), ())
