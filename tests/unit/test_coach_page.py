"""What is read off a page of a provider in the window."""

import base64

import pytest

from pywry_auth.coach.advise import page_advice, page_trouble
from pywry_auth.coach.values import Action


GOOGLE = "https://accounts.google.com/signin/oauth/error"


def test_google_tells_the_trouble_in_the_address_whatever_the_language_of_the_page():
    # the address of a real page, as a client with a deleted registration gets it
    url = (
        f"{GOOGLE}?authError=Cg5kZWxldGVkX2NsaWVudBIdVGhlIE9BdXRoIGNsaWVudCB3YXMgZGVsZXRlZC4gkQM%3D"
    )
    assert page_trouble(url, "Anmeldung", "Zugriff blockiert") == "client_unknown"


def test_google_tells_the_trouble_in_the_text_after_a_word_of_any_language():
    found = page_trouble(GOOGLE, "", "Fehler 400: redirect_uri_mismatch")
    assert found == "redirect_uri_mismatch"


def test_google_says_nothing_but_its_word_where_nobody_speaks_english():
    found = page_trouble(
        GOOGLE, "", "Der OAuth-Client wurde nicht gefunden. Fehler 401: invalid_client"
    )
    assert found == "client_unknown"


def test_an_embedded_window_that_is_refused_leads_to_the_browser():
    advice = page_advice(GOOGLE, "", "Error 403: disallowed_useragent")
    assert advice is not None
    assert advice.action is Action.BROWSER


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("https://example.com/", "Error 403: disallowed_useragent"),  # says so, and is not Google
        ("https://accounts.google.com.example.com/", "Error 403: disallowed_useragent"),
        ("https://accounts.google.com/v3/signin/identifier", "Sign in with your Google Account"),
        ("https://login.microsoftonline.com/common/oauth2/v2.0/authorize", "Enter password"),
        ("https://example.com/?error=access_denied", "You said no"),  # may be a page of ours
        ("https://example.com/docs", "How to mend redirect_uri_mismatch"),
        ("about:blank", ""),
        ("data:text/html,AADSTS50011", "AADSTS50011: "),
        ("https://[", "AADSTS50011: "),
        ("", ""),
    ],
)
def test_a_page_that_is_no_dead_end_has_no_trouble(url, text):
    assert page_trouble(url, "", text) is None


@pytest.mark.parametrize(
    "packed", ["", "A", "%00", "====", "ü", base64.urlsafe_b64encode(bytes(range(256))).decode()]
)
def test_a_damaged_word_in_the_address_is_no_trouble(packed):
    assert page_trouble(f"{GOOGLE}?authError={packed}", "", "") is None


def test_a_longer_number_of_microsofts_is_another_trouble():
    url = "https://login.microsoftonline.com/common/oauth2/v2.0/authorize"
    assert page_trouble(url, "", "AADSTS50011: The redirect URI") == "redirect_uri_mismatch"
    assert page_trouble(url, "", "AADSTS5001199: no such number") is None


@pytest.mark.parametrize("letters", ["error 400 ", "a", "a_", "_", "error: ", "AADSTS5"])
def test_a_page_of_any_length_is_read_to_its_end(letters):
    many = letters * 200_000
    packed = base64.urlsafe_b64encode(many[:11_000].encode()).decode()
    assert page_trouble(f"{GOOGLE}?authError={packed}", many, many) is None
