"""What a page says that leads nowhere."""

import json

import pytest

from pywry_auth.window.engine.reading import LOOKS, MOST_TEXT, SCRIPT, look, read
from pywry_auth.window.engine.roles import Reading


URL = "https://accounts.google.com/signin/oauth/error?authError=x"
NOTHING = Reading()


def said(title: str = "", text: str = "", *, passkeys: bool = True) -> str:
    return json.dumps([title, text, passkeys])


@pytest.mark.parametrize(
    ("url", "text"),
    [
        (URL, "Access blocked. Error 403: disallowed_useragent"),
        (
            "https://www.facebook.com/dialog/oauth",
            "For your security, logging in from an embedded browser is disabled.",
        ),
        (
            "https://accounts.google.com/v3/signin/rejected",
            "Couldn\u2019t sign you in. This browser or app may not be secure. Learn more",
        ),
    ],
)
def test_pages_that_refuse_applications_are_known(url, text):
    assert read(url, said("Sign in", text)) == Reading("embedded_refused", refuses_windows=True)


def test_other_troubles_have_their_names_and_stay_where_they_are():
    found = read(
        "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
        said("Sign in", "AADSTS50011: The redirect URI specified in the request does not match"),
    )
    assert found == Reading("redirect_uri_mismatch")
    assert (
        read(URL, said("", "Error 400: redirect_uri_mismatch")).trouble == "redirect_uri_mismatch"
    )


@pytest.mark.parametrize(
    "text",
    ["Sign in with your account", "", "Your browser is up to date", "Use another browser or app"],
)
def test_a_page_to_sign_in_at_is_no_trouble(text):
    assert read("https://accounts.google.com/signin", said("Sign in", text)) == NOTHING


@pytest.mark.parametrize("text", ["Use your passkey", "Insert your security key", "パスキーを使用"])
def test_passkeys_are_missed_only_where_there_are_none(text):
    assert read(URL, said("", text, passkeys=False)) == Reading(wants_passkey=True)
    assert read(URL, said("", text, passkeys=True)) == NOTHING


@pytest.mark.parametrize(
    "answer", ["", "None", "[1, 2, 3]", '{"a": 1}', '["a", "b"]', "[" * 100, "undefined", '"x"']
)
def test_an_answer_that_is_none_is_nothing(answer):
    assert read(URL, answer) == NOTHING


def test_only_the_beginning_of_a_long_page_is_read():
    text = " " * MOST_TEXT + "Error 403: disallowed_useragent"
    assert read(URL, said("", text)) == NOTHING
    assert f"slice(0, {MOST_TEXT})" in SCRIPT


def test_the_script_asks_for_nothing_that_somebody_typed():
    for word in ("value", "cookie", "innerHTML", "outerHTML", "textContent", "Storage"):
        assert word not in SCRIPT
    assert SCRIPT.isascii()


class FakePage:
    def __init__(self) -> None:
        self.is_discarded = False
        self.address = URL
        self.reads = 0

    def url(self) -> str:
        return self.address

    def read(self, script, then) -> None:
        assert script is SCRIPT
        self.reads += 1
        then(said("", "Error 403: disallowed_useragent"))


def test_a_page_is_looked_at_a_few_times_and_never_when_it_is_gone():
    page, told, waiting = FakePage(), [], []
    look(
        page,
        later=lambda delay, work: waiting.append((delay, work)),
        then=lambda page, url, reading: told.append((page, url, reading)),
    )
    assert [delay for delay, _ in waiting] == list(LOOKS)
    waiting[0][1]()
    assert told == [(page, URL, Reading("embedded_refused", refuses_windows=True))]
    page.is_discarded = True
    waiting[1][1]()
    assert (page.reads, len(told)) == (1, 1)
