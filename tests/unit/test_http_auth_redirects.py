"""What goes along on a redirect, for each library that follows them by itself."""

import asyncio
import datetime as dt
import ipaddress
import ssl

import httpx
import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from fakes.provider import ScriptedProvider
from resource_kit import FACES, INVALID, Given, KeyedSession, Resource, moved

from pywry_auth.errors import ConfigError
from pywry_auth.http_auth.httpx_auth import HttpxAuth
from pywry_auth.http_auth.httpx_flow import _Sending
from pywry_auth.http_auth.requests_auth import RequestsAuth
from pywry_auth.http_auth.sealed_headers import require_sealing
from pywry_auth.protocol.dpop import DPoPKey
from pywry_auth.testing.clock import VirtualClock
from pywry_auth.token_store import MemoryTokenStore


KEY = DPoPKey.draw()
BOUND = ["Bearer", "DPoP"]


def signed_in(token_type="Bearer"):
    clock = VirtualClock()
    provider = ScriptedProvider(clock)
    session = KeyedSession(provider, MemoryTokenStore(), clock=clock)
    asyncio.run(session.save_tokens(provider.tokens(token_type=token_type)))
    session.key = KEY
    return session


@pytest.fixture(params=BOUND)
def kind(request):
    return request.param


@pytest.fixture
def session(kind):
    return signed_in(kind)


@pytest.fixture(params=FACES)
def face(request):
    return request.param


def welcome(asked):
    """Let in whoever shows a token, and a proof where the token is bound."""
    shown = asked.authorization or ""
    proven = shown.startswith("Bearer") or asked.proof is not None
    return Given(200, {}, asked.path.encode()) if shown and proven else INVALID


def along(asked):
    return asked.authorization, asked.proof


NOTHING = (None, None)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_another_port_gets_neither_token_nor_proof(face, session, status):
    with (
        Resource(lambda _: Given()) as stranger,
        Resource(lambda _: moved(stranger.url, status)) as api,
        face(session, [api.origin]) as client,
    ):
        assert client.get(api.url).status == 200
    assert [along(asked) for asked in stranger.asked] == [NOTHING]
    assert len(api.asked) == 1


def test_another_host_gets_neither(face, session):
    with (
        Resource(lambda _: INVALID, host="localhost") as stranger,
        Resource(lambda _: moved(f"{stranger.url}/x")) as api,
        face(session, [api.origin]) as client,
    ):
        assert client.get(api.url).status == 401
    assert [along(asked) for asked in stranger.asked] == [NOTHING]
    assert session.provider.refreshed_with == []  # a stranger's refusal says nothing of the token


def test_a_post_that_is_sent_on_leaves_both_behind(face, session):
    with (
        Resource(lambda _: INVALID) as stranger,
        Resource(lambda _: moved(stranger.url, 307)) as api,
        face(session, [api.origin]) as client,
    ):
        client.post(api.url, b"x")
    assert [(along(asked), asked.body) for asked in stranger.asked] == [(NOTHING, b"x")]


@pytest.fixture(scope="module")
def tls(tmp_path_factory):
    """A certificate for this machine, with what its clients trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    here = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([here]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "here.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context, path


def trusting(face, path):
    return str(path) if face is FACES[2] else ssl.create_default_context(cafile=path)


def test_an_unencrypted_address_gets_neither(face, session, tls):
    context, path = tls
    with (
        Resource(lambda _: Given()) as open_one,
        Resource(lambda _: moved(open_one.url), tls=context) as api,
        face(session, [api.origin], verify=trusting(face, path)) as client,
    ):
        assert client.get(api.url).status == 200
    assert api.asked[0].authorization is not None
    assert [along(asked) for asked in open_one.asked] == [NOTHING]


def test_from_port_80_to_443_nothing_goes_along_in_httpx(kind):
    """httpx by itself takes Authorization along from http to https on the usual ports."""
    session, seen = signed_in(kind), []

    def answer(request):
        seen.append((str(request.url), request.headers.raw))
        return (
            httpx.Response(302, headers={"Location": "https://127.0.0.1/y"})
            if request.url.scheme == "http"
            else httpx.Response(200)
        )

    auth = HttpxAuth(session, allowed_origins=["http://127.0.0.1"])
    with httpx.Client(
        auth=auth, transport=httpx.MockTransport(answer), follow_redirects=True
    ) as client:
        client.get("http://127.0.0.1/x")
    (first, sent), (second, passed_on) = seen
    assert (first, second) == ("http://127.0.0.1/x", "https://127.0.0.1/y")
    assert "authorization" in {name.lower().decode() for name, _ in sent}
    assert not {b"authorization", b"dpop"} & {name.lower() for name, _ in passed_on}


class Scripted(requests.adapters.BaseAdapter):
    """Answers for requests without a network."""

    def __init__(self, answer):
        super().__init__()
        self.answer, self.seen = answer, []

    def send(self, request, **_):
        self.seen.append((request.url, dict(request.headers)))
        response = requests.Response()
        response.status_code, headers = self.answer(request.url)
        response.headers.update(headers)
        response.request, response.url, response.connection = request, request.url, self
        response.raw = httpx  # anything without cookies
        response._content = b""
        return response

    def close(self):
        pass


def test_from_port_80_to_443_nothing_goes_along_in_requests(kind):
    def answer(url):
        here = url.startswith("http:")
        return (302, {"Location": "https://127.0.0.1/y"}) if here else (200, {})

    adapter = Scripted(answer)
    with requests.Session() as client:
        client.trust_env = False
        client.mount("http://", adapter)
        client.mount("https://", adapter)
        auth = RequestsAuth(signed_in(kind), allowed_origins=["http://127.0.0.1"])
        client.get("http://127.0.0.1/x", auth=auth)
    (_, sent), (url, passed_on) = adapter.seen
    assert "Authorization" in sent
    assert url == "https://127.0.0.1/y"
    assert not {"Authorization", "DPoP"} & set(passed_on)


def test_the_same_origin_is_asked_with_all_it_needs(face, session):
    def answer(asked):
        return moved("/there") if asked.path == "/here" else welcome(asked)

    with Resource(answer) as api, face(session, [api.origin]) as client:
        answered = client.get(f"{api.url}/here")
    assert (answered.status, answered.text) == (200, "/there")
    assert session.provider.refreshed_with == []


def test_a_proof_is_never_shown_twice(face):
    session = signed_in("DPoP")
    path = iter(["/2", "/3", "/4"])

    def answer(asked):
        return welcome(asked) if asked.path == "/4" or asked.proof is None else moved(next(path))

    with Resource(answer) as api, face(session, [api.origin]) as client:
        assert client.get(f"{api.url}/1").status == 200
    proofs = [asked.proof for asked in api.asked if asked.proof]
    assert len(proofs) == len(set(proofs)) == 4
    assert session.provider.refreshed_with == []


def test_another_allowed_origin_is_asked_with_all_it_needs(face, session):
    with (
        Resource(welcome) as second,
        Resource(lambda _: moved(f"{second.url}/x")) as first,
        face(session, [first.origin, second.origin]) as client,
    ):
        assert client.get(first.url).status == 200
    assert along(second.asked[0]) == NOTHING
    assert second.asked[-1].authorization is not None
    assert session.provider.refreshed_with == []


def test_what_another_allowed_origin_shows_strangers_is_not_taken_for_the_answer(face, session):
    def answer(asked):
        return Given(200, {}, b"for you" if asked.authorization else b"for anybody")

    with (
        Resource(answer) as second,
        Resource(lambda _: moved(second.url)) as first,
        face(session, [first.origin, second.origin]) as client,
    ):
        assert client.get(first.url).text == "for you"


def test_a_post_to_another_allowed_origin_is_repeated_after_a_refusal_only(face, session):
    with (
        Resource(welcome) as second,
        Resource(lambda _: moved(second.url, 307)) as first,
        face(session, [first.origin, second.origin]) as client,
    ):
        assert client.post(first.url, b"x").status == 200
        second.answer = lambda _: Given(202)
        assert client.post(first.url, b"y").status == 202
    assert [asked.body for asked in second.asked] == [b"x", b"x", b"y"]


def test_a_stranger_cannot_have_us_act_in_the_persons_name(face, session):
    with (
        Resource(lambda _: INVALID) as api,
        Resource(lambda _: moved(f"{api.url}/delete")) as stranger,
        face(session, [api.origin]) as client,
    ):
        assert client.get(stranger.url).status == 401
        api.answer = lambda asked: moved(stranger.url) if asked.path == "/start" else INVALID
        assert client.get(f"{api.url}/start").status == 401
    deleting = [asked for asked in api.asked if asked.path == "/delete"]
    assert [along(asked) for asked in deleting] == [NOTHING, NOTHING]
    assert session.provider.refreshed_with == []


def test_who_was_sent_by_a_stranger_stays_so_on_the_next_redirect(face, session):
    def answer(asked):
        if asked.path == "/start":
            return moved(stranger.url)
        return moved("/delete") if asked.path == "/back" else INVALID

    with (
        Resource(answer) as api,
        Resource(lambda _: moved(f"{api.url}/back")) as stranger,
        face(session, [api.origin]) as client,
    ):
        assert client.get(f"{api.url}/start").status == 401
    assert [(asked.path, along(asked)) for asked in api.asked[1:]] == [
        ("/back", NOTHING),
        ("/delete", NOTHING),
    ]


def test_an_old_token_is_renewed_where_the_redirect_led(face):
    session = signed_in()

    def answer(asked):
        if asked.path == "/post":
            return moved("/result", 303)
        return welcome(asked) if asked.authorization == "Bearer access-2" else INVALID

    with Resource(answer) as api, face(session, [api.origin]) as client:
        assert client.post(f"{api.url}/post", iter([b"once"])).status == 200
    posted = [asked.path for asked in api.asked]
    assert posted == ["/post", "/result", "/result"]  # what was done is not done again


def test_a_repeated_request_may_be_redirected_in_turn(face):
    session = signed_in()

    def answer(asked):
        if asked.authorization != "Bearer access-2":
            return INVALID
        return moved("/there") if asked.path == "/here" else Given(200, {}, b"found")

    with Resource(answer) as api, face(session, [api.origin]) as client:
        assert client.get(f"{api.url}/here").text == "found"
    assert [asked.path for asked in api.asked] == ["/here", "/here", "/there"]
    assert {asked.authorization for asked in api.asked[1:]} == {"Bearer access-2"}


def test_endless_redirects_end(face, session):
    tries = iter(range(1000))
    with (
        Resource(lambda asked: moved(f"/{next(tries)}") if asked.authorization else INVALID) as api,
        face(session, [api.origin]) as client,
        pytest.raises((httpx.TooManyRedirects, requests.TooManyRedirects)),
    ):
        client.get(api.url)
    assert len(api.asked) < 100


# Redirects that the caller follows


def test_the_next_request_of_httpx_holds_no_proof_and_is_ours_again(kind):
    session = signed_in(kind)

    def answer(asked):
        return moved("/there") if asked.path == "/here" else welcome(asked)

    with Resource(answer) as api:
        auth = HttpxAuth(session, allowed_origins=[api.origin])
        with httpx.Client(auth=auth, trust_env=False) as client:
            redirect = client.get(f"{api.url}/here")
            assert "dpop" not in redirect.next_request.headers
            assert client.send(redirect.next_request).status_code == 200
    assert len(api.asked) == 2
    assert len({asked.proof for asked in api.asked}) == (2 if kind == "DPoP" else 1)


def test_the_next_request_of_requests_holds_no_proof(kind):
    session = signed_in(kind)
    with Resource(lambda _: moved("/there")) as api, requests.Session() as client:
        auth = RequestsAuth(session, allowed_origins=[api.origin])
        redirect = client.get(f"{api.url}/here", auth=auth, allow_redirects=False)
        assert "DPoP" not in redirect.next.headers
        assert "Authorization" in redirect.next.headers


def test_a_prepared_request_that_was_sent_astray_begins_afresh(kind):
    session = signed_in(kind)
    with Resource(lambda _: INVALID) as stranger, Resource(welcome) as api:
        api.answer = lambda _: moved(stranger.url)
        with requests.Session() as client:
            auth = RequestsAuth(session, allowed_origins=[api.origin])
            prepared = client.prepare_request(requests.Request("GET", api.url, auth=auth))
            assert client.send(prepared).status_code == 401
            api.answer = welcome
            assert client.send(prepared).status_code == 200


# What httpx may become


def test_an_httpx_that_copies_everything_is_refused(monkeypatch):
    plain = httpx.Headers.__init__

    def copying(self, headers=None, encoding=None):
        plain(self, headers.raw if isinstance(headers, httpx.Headers) else headers, encoding)

    monkeypatch.setattr(httpx.Headers, "__init__", copying)
    with pytest.raises(ConfigError, match="would send proofs along"):
        require_sealing()


def test_sealed_headers_print_no_secret(kind):
    request = httpx.Request("GET", "http://127.0.0.1/x", headers={"x": "y"})
    auth = HttpxAuth(signed_in(kind), allowed_origins=["http://127.0.0.1"])
    dressed = next(auth.sync_auth_flow(request))
    assert isinstance(_Sending.of(request, auth._access), _Sending)
    assert dressed.headers["authorization"].endswith("access-1")
    assert "access-1" not in repr(dressed.headers) + repr(dressed.extensions) + repr(dressed)
