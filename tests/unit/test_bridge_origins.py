"""Which pages are the application's own."""

import pytest

from pywry_auth.desktop.bridge.origins import Origins
from pywry_auth.errors import ConfigError


OWN = "http://127.0.0.1:8000"


@pytest.mark.parametrize(
    "url",
    [OWN, OWN + "/", OWN + "/a/b?c#d", "HTTP://127.0.0.1:8000/".lower()],
)
def test_a_page_of_the_named_origin_is_admitted(url):
    assert Origins.of([OWN]).admit(url, strayed=True)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8001/",
        "http://127.0.0.1/",
        "https://127.0.0.1:8000/",
        "http://localhost:8000/",
        "http://127.0.0.1:8000.evil.test/",
        "http://127.0.0.1:8000@evil.test/",
        "http://evil.test/http://127.0.0.1:8000/",
        "http://127.0.0.1:x/",
        "data:text/html,http://127.0.0.1:8000",
        "blob:http://127.0.0.1:8000/0",
        "javascript:0",
        "view-source:http://127.0.0.1:8000/",
        "file:///etc/passwd",
        "about:blank",
        "about:srcdoc",
        "chrome-error://chromewebdata/",
        "",
        None,
    ],
)
def test_any_other_page_is_not(url):
    assert not Origins.of([OWN]).admit(url, strayed=False)


def test_the_usual_port_need_not_be_named():
    assert Origins.of(["https://app.acme.test"]).admit("https://app.acme.test:443/x", strayed=True)
    assert Origins.of(["https://app.acme.test:443/"]).admit("https://app.acme.test", strayed=True)


def test_a_page_given_as_a_string_counts_until_the_window_has_been_elsewhere():
    own = Origins.of_page(None)
    assert own.admit(None, strayed=False)
    assert own.admit("about:blank", strayed=False)
    assert own.admit("file:///app/", strayed=True)  # what ``load_html`` gives a page for a base
    assert not own.admit(None, strayed=True)
    assert not own.admit("about:blank", strayed=True)
    assert not own.admit("http://127.0.0.1:8000/", strayed=False)


def test_the_page_of_the_window_is_its_own():
    assert Origins.of_page("http://127.0.0.1:42001/index.html") == Origins.of(
        ["http://127.0.0.1:42001"]
    )
    assert Origins.of_page("file:///app/index.html") == Origins.of(["file://"])


@pytest.mark.parametrize(
    "name", ["*", "https://*.acme.test", "acme.test", "", "data:", "about:blank", "http://h:port"]
)
def test_what_is_no_origin_is_refused_with_an_example(name):
    with pytest.raises(ConfigError) as caught:
        Origins.of([name])
    assert "127.0.0.1" in (caught.value.hint or "")


def test_no_origin_at_all_is_a_mistake():
    with pytest.raises(ConfigError):
        Origins.of([])


def test_the_test_in_the_page_calls_nothing_a_page_could_replace():
    test = Origins.of([OWN, "file://", "html"]).test_in_page
    assert f'location.origin === "{OWN}"' in test
    assert "(" not in test
