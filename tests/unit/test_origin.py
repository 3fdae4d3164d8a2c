"""Where a token may go: exactly where the program says."""

import httpx
import pytest
import requests
from hypothesis import example, given
from hypothesis import strategies as st

from pywry_auth.errors import ConfigError
from pywry_auth.http_auth.httpx_auth import HttpxAuth
from pywry_auth.http_auth.requests_auth import RequestsAuth
from pywry_auth.protocol.origin import Origin, allowed_origins, safe_origin
from pywry_auth.tokens import OAuthTokenSet


API = "https://api.example.com"


class SignedIn:
    """A session as small as can be."""

    tokens = OAuthTokenSet("a token")

    async def get_access_token(self):
        return self.tokens.access_token

    async def renew_rejected(self, access_token):
        raise AssertionError(f"nobody refuses {access_token}")

    async def dpop_key(self):
        return None


@pytest.mark.parametrize(
    "url",
    [
        API,
        f"{API}/",
        f"{API}:443/x?y#z",
        f"{API}:/x",
        "HTTPS://API.example.COM/x",
        f"{API}/@evil.example/",
        f"{API}?@evil.example",
    ],
)
def test_an_address_of_the_origin_is_recognised(url):
    assert safe_origin(url) in allowed_origins([API])


@pytest.mark.parametrize(
    "url",
    [
        "http://api.example.com",
        "https://api.example.com:8443",
        "https://api.example.com:80",
        "https://example.com",
        "https://x.api.example.com",
        "https://api.example.com.",
        "https://api.example.com.evil.example",
        "https://api.example.com@evil.example",
        "https://evil.example#@api.example.com",
        "https://evil.example?https://api.example.com",
        "https://evil.example/https://api.example.com",
        "https://user@api.example.com",
        "https://user:sesame@api.example.com",
        "https://@api.example.com",
        "https://evil.example\\@api.example.com",
        "https://evil.example\\.api.example.com",
        "https://api.example.com\\@evil.example",
        "https://api.example.com\t.evil.example",
        "https:/api.example.com",
        "https:api.example.com",
        "//api.example.com",
        "api.example.com",
        "https://api%2eexample.com",
        "https://api。example.com",
        "https://аpi.example.com",  # noqa: RUF001  the first letter is Cyrillic
        "https://api.example.com:443:443",
        "https://api.example.com:x",
        "wss://api.example.com",
        "",
    ],
)
def test_what_only_looks_like_it_is_another_one(url):
    assert safe_origin(url) not in allowed_origins([API])


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "127.9.9.9"])
def test_this_machine_needs_no_encryption(host):
    assert safe_origin(f"http://{host}:8000/x") in allowed_origins([f"http://{host}:8000"])


@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.1",
        "http://localhost.example",
        "http://localhost.",
        "http://2130706433",
        "http://127.1",
        "http://0x7f.1",
        "http://[::ffff:10.0.0.1]",
        "http://0.0.0.0",
        "http://127.0.0.1.evil.example",
    ],
)
def test_what_is_not_this_machine_does(url):
    assert safe_origin(url) is None
    with pytest.raises(ConfigError):
        allowed_origins([url])


@pytest.mark.parametrize(
    "text",
    [
        "*",
        "https://*",
        "https://*.example.com",
        "https://.example.com/x",
        "https://api.example.com/v1",
        "https://api.example.com?x",
        "https://api.example.com#x",
        "https://user:sesame@api.example.com",
        "https://bücher.example",
        "api.example.com",
        "",
    ],
)
def test_what_is_no_origin_cannot_be_allowed(text):
    with pytest.raises(ConfigError) as caught:
        allowed_origins([API, text])
    assert "sesame" not in str(caught.value)


def test_somebody_must_be_allowed():
    with pytest.raises(ConfigError, match="no origin is allowed"):
        allowed_origins([])


def test_a_single_text_is_no_list():
    with pytest.raises(ConfigError, match="is a list"):
        allowed_origins(API)


@pytest.mark.parametrize("text", ["https://a.example", "http://[::1]:8000", "https://a.example:80"])
def test_an_origin_is_written_as_it_is_read(text):
    assert str(safe_origin(text)) == text


# What the libraries would dial decides, whatever the address looks like.

_PIECES = st.sampled_from(
    [
        *(
            "api.example.com",
            "evil.example",
            "https",
            "http",
            "://",
            "//",
            "/",
            "\\",
            "@",
            ":",
            "#",
        ),
        *(
            "?",
            ".",
            "%40",
            "%2e",
            "%00",
            "443",
            "80",
            "[",
            "]",
            "::1",
            " ",
            "\t",
            "\n",
            "\uff41",
            "\u3002",
        ),
        *("user", "xn--", "ß", "API", "\u00ad", "\u200d", ";", ",", "*", "127.0.0.1", "\r"),
    ]
)
ADDRESSES = st.one_of(
    st.lists(_PIECES, max_size=8).map("".join),
    st.lists(_PIECES, max_size=6).map(lambda pieces: "https://" + "".join(pieces)),
    st.lists(_PIECES, max_size=4).map(lambda pieces: API + "".join(pieces)),
    st.text(max_size=40),
)


OURS = (API, f"{API}:443/x?@evil.example")
SESSION = SignedIn()


@given(ADDRESSES)
@example(OURS[0])
@example(OURS[1])
@example("https://user@api.example.com")
@example("https://user:sesame@api.example.com/")
def test_httpx_dials_no_other_host_with_a_token(url):
    try:
        request = httpx.Request("GET", url)
    except (httpx.InvalidURL, UnicodeError, ValueError):
        return
    sent = next(HttpxAuth(SESSION, allowed_origins=[API]).sync_auth_flow(request))
    assert ("authorization" in sent.headers) or url not in OURS
    if "authorization" in sent.headers:
        assert (request.url.scheme, request.url.raw_host) == ("https", b"api.example.com")
        assert request.url.port in {None, 443}
        assert not request.url.userinfo


@given(ADDRESSES)
@example(OURS[0])
@example(OURS[1])
def test_requests_dials_no_other_host_with_a_token(url):
    try:
        auth = RequestsAuth(SESSION, allowed_origins=[API])
        prepared = requests.Request("GET", url, auth=auth).prepare()
    except (requests.RequestException, UnicodeError, ValueError):
        return
    assert ("Authorization" in prepared.headers) or url not in OURS
    if "Authorization" in prepared.headers:
        pool = requests.adapters.HTTPAdapter().get_connection_with_tls_context(
            prepared, verify=True
        )
        assert (pool.scheme, pool.host, pool.port) == ("https", "api.example.com", 443)


@given(st.text(max_size=60))
def test_no_address_breaks_the_reader(url):
    assert isinstance(safe_origin(url), Origin | None)
