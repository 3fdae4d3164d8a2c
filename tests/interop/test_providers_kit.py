"""The real providers of the tests do what the tests believe of them."""

import base64
import hashlib
import secrets
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.providers_kit import ALL, CanailleOP, DjangoOP, OidcProviderOP, running


VERIFIER = "a-verifier-of-more-than-forty-three-characters-0123456789"
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
)


class Callback:
    """A loopback callback that takes one redirect after the other, and nothing else."""

    def __init__(self):
        self.received = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self._take(urlsplit(self.path).query)

            def do_POST(self):
                self._take(self.rfile.read(int(self.headers["content-length"])).decode())

            def _take(self, query):
                outer.received.append((self.command, {k: v[0] for k, v in parse_qs(query).items()}))
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"taken")

            def log_message(self, *arguments):
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.uri = f"http://127.0.0.1:{self._server.server_port}/callback"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_exception):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def callback():
    with Callback() as server:
        yield server


@pytest.fixture(scope="module", params=ALL, ids=lambda kind: kind.__name__)
def op(request):
    yield from running(request.param)


@pytest.fixture(scope="module")
def node_op():
    yield from running(OidcProviderOP)


@pytest.fixture(scope="module")
def django_op():
    yield from running(DjangoOP)


def metadata(op):
    return httpx.get(op.discovery_url, trust_env=False).raise_for_status().json()


def authorize_url(op, redirect_uri, **more):
    params = {
        "client_id": op.client_id,
        "response_type": "code",
        "redirect_uri": redirect_uri,
        "scope": "openid profile email offline_access",
        "prompt": "consent",
        "state": "the-state",
        "nonce": secrets.token_hex(8),  # canaille takes each nonce once
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        **more,
    }
    return str(httpx.URL(metadata(op)["authorization_endpoint"], params=params))


def token(op, **fields):
    data = {"client_id": op.client_id, **fields}
    return httpx.post(metadata(op)["token_endpoint"], data=data, trust_env=False)


def test_a_walk_signs_in_and_its_code_buys_tokens_that_can_be_refreshed(op, callback):
    answer = op.walk(authorize_url(op, callback.uri))
    assert answer.text == "taken"
    [(method, params)] = callback.received
    assert (method, params["state"], params["iss"]) == ("GET", "the-state", op.issuer)
    first = token(
        op,
        grant_type="authorization_code",
        code=params["code"],
        redirect_uri=callback.uri,
        code_verifier=VERIFIER,
    ).raise_for_status()
    second = token(
        op, grant_type="refresh_token", refresh_token=first.json()["refresh_token"]
    ).raise_for_status()
    assert second.json()["access_token"]
    assert second.json()["refresh_token"] != first.json()["refresh_token"]


def test_a_walk_that_denies_delivers_access_denied(op, callback):
    op.walk(authorize_url(op, callback.uri), deny=True)
    [(_, params)] = callback.received
    assert params["error"] == "access_denied"
    assert "code" not in params


def test_a_form_post_page_is_posted(node_op, callback):
    node_op.walk(authorize_url(node_op, callback.uri, response_mode="form_post"))
    [(method, params)] = callback.received
    assert (method, params["state"]) == ("POST", "the-state")
    assert params["code"]


def test_each_walk_is_another_person(op, callback):
    op.walk(authorize_url(op, callback.uri))
    op.walk(authorize_url(op, callback.uri))
    codes = {params["code"] for _, params in callback.received}
    assert len(codes) == 2


def test_a_provider_that_is_down_says_so_until_it_is_told_otherwise(op):
    op.control(down=503)
    down = httpx.get(op.discovery_url, trust_env=False)
    op.control(down=0)
    assert (down.status_code, down.headers["retry-after"]) == (503, "1")
    assert metadata(op)["issuer"] == op.issuer


@pytest.mark.parametrize("kind", [OidcProviderOP, DjangoOP])
def test_the_life_of_access_tokens_can_be_changed_while_it_runs(kind, callback):
    for op in running(kind, alwaysRefresh=True):
        op.control(accessTtl=2)
        op.walk(authorize_url(op, callback.uri))
        bought = token(
            op,
            grant_type="authorization_code",
            code=callback.received[-1][1]["code"],
            redirect_uri=callback.uri,
            code_verifier=VERIFIER,
        )
        assert bought.json()["expires_in"] == 2


def test_a_refused_grant_is_told_with_its_true_reason(node_op):
    assert token(node_op, grant_type="refresh_token", refresh_token="x").status_code == 400
    event = node_op.wait_for(lambda event: event.get("event") == "grant.error")
    assert event["error"] == "invalid_grant"
    assert event["detail"]


def test_requests_are_told_with_their_status(django_op):
    assert token(django_op, grant_type="refresh_token", refresh_token="x").status_code == 400
    django_op.wait_for(lambda event: event == {"event": "token", "status": 400})


DEVICE_CLIENTS = [(OidcProviderOP, "native", "/device/auth"), (DjangoOP, "device", None)]


@pytest.mark.parametrize("deny", [False, True])
@pytest.mark.parametrize(("kind", "client", "path"), DEVICE_CLIENTS)
def test_a_device_is_allowed_or_denied(kind, client, path, deny):
    for op in running(kind):
        began = httpx.post(
            op.issuer + (path or "/device-authorization/"),
            data={"client_id": client, "scope": "openid"},
            trust_env=False,
        ).raise_for_status()
        begun = began.json()
        complete = begun.get("verification_uri_complete") or (
            f"{begun['verification_uri']}?user_code={begun['user_code']}"
        )
        op.walk_device(complete, deny=deny)
        answer = token(
            op,
            client_id=client,
            grant_type="urn:ietf:params:oauth:grant-type:device_code",
            device_code=begun["device_code"],
        )
        if deny:
            assert answer.json()["error"] == "access_denied"
        else:
            assert answer.json()["access_token"]


def test_the_process_ends_with_its_owner():
    op = DjangoOP()
    assert httpx.get(op.discovery_url, trust_env=False).is_success
    op.stop()
    op.stop()
    with pytest.raises(httpx.ConnectError):
        httpx.get(op.discovery_url, trust_env=False)


def test_a_provider_that_cannot_start_says_why(monkeypatch):
    reason = CanailleOP.missing()
    if reason:
        pytest.skip(reason)
    monkeypatch.setattr(CanailleOP, "command", lambda _self: ["/usr/bin/env", "no-such-program"])
    with pytest.raises(TimeoutError, match="no-such-program"):
        CanailleOP()
