"""Bodies, when a request has to be made a second time."""

import asyncio
import io
import tempfile

import httpx
import pytest
import requests
from fakes.provider import ScriptedProvider
from resource_kit import FACES, INVALID, Given, KeyedSession, Resource

from pywry_auth.http_auth.httpx_auth import HttpxAuth
from pywry_auth.http_auth.replay import body_of, sources_of
from pywry_auth.http_auth.requests_auth import RequestsAuth
from pywry_auth.testing.clock import VirtualClock
from pywry_auth.token_store import MemoryTokenStore


SYNC = [FACES[0], FACES[2]]
WHOLE = b"0123456789" * 20_000


@pytest.fixture
def session():
    clock = VirtualClock()
    provider = ScriptedProvider(clock)
    session = KeyedSession(provider, MemoryTokenStore(), clock=clock)
    asyncio.run(session.save_tokens(provider.tokens()))
    return session


@pytest.fixture
def api():
    """A resource that takes the second token only."""
    with Resource(
        lambda asked: Given() if asked.authorization == "Bearer access-2" else INVALID
    ) as api:
        yield api


def pieces():
    yield WHOLE[:1000]
    yield WHOLE[1000:]


@pytest.mark.parametrize("face", FACES)
def test_a_generator_is_not_repeated_but_the_next_request_has_the_new_token(face, session, api):
    with face(session, [api.origin]) as client:
        assert client.post(api.url, pieces()).status == 401
        assert [asked.body for asked in api.asked] == [WHOLE]
        assert client.post(api.url, pieces()).status == 200
    assert session.provider.refreshed_with == ["refresh-1"]
    assert api.tokens == ["Bearer access-1", "Bearer access-2"]


@pytest.mark.parametrize("face", SYNC)
def test_a_file_is_rewound(face, session, api, tmp_path):
    path = tmp_path / "upload"
    path.write_bytes(WHOLE)
    with path.open("rb") as file, face(session, [api.origin]) as client:
        assert client.post(api.url, file).status == 200
    assert [asked.body for asked in api.asked] == [WHOLE, WHOLE]


@pytest.mark.parametrize("face", SYNC)
def test_a_file_is_rewound_to_where_it_stood(face, session, api):
    file = io.BytesIO(b"head" + WHOLE)
    file.seek(4)
    with face(session, [api.origin]) as client:
        client.request("PUT", api.url, content=file, headers={"Content-Length": str(len(WHOLE))})
    assert [asked.body for asked in api.asked] == [WHOLE, WHOLE]


@pytest.mark.parametrize("face", FACES)
def test_a_form_with_a_file_is_sent_again_whole(face, session, api):
    files = {"file": ("name.bin", io.BytesIO(WHOLE)), "word": (None, "value")}
    with face(session, [api.origin]) as client:
        assert client.request("POST", api.url, files=files).status == 200
    first, second = api.asked
    assert first.body == second.body
    assert WHOLE in second.body


@pytest.mark.parametrize("face", FACES)
def test_json_is_sent_again_whole(face, session, api):
    with face(session, [api.origin]) as client:
        assert client.request("PATCH", api.url, json={"a": [1, 2]}).status == 200
    assert api.asked[0].body == api.asked[1].body != b""


@pytest.mark.parametrize("face", SYNC)
@pytest.mark.parametrize("one_shot", [iter, lambda parts: map(bytes, parts)])
def test_what_can_be_read_once_only_is_sent_once_only(face, session, api, one_shot):
    with face(session, [api.origin]) as client:
        assert client.post(api.url, one_shot([b"a", b"b"])).status == 401
    assert [asked.body for asked in api.asked] == [b"ab"]


class Pipe(io.BytesIO):
    """Can be read from, and nothing else."""

    def seekable(self):
        return False

    def seek(self, *_):
        raise io.UnsupportedOperation("seek")

    def tell(self):
        raise io.UnsupportedOperation("tell")


@pytest.mark.parametrize("face", SYNC)
def test_a_pipe_is_sent_once_only(face, session, api):
    with face(session, [api.origin]) as client:
        assert client.post(api.url, Pipe(b"ab")).status == 401
    assert len(api.asked) == 1


@pytest.mark.parametrize("face", SYNC)
def test_a_file_that_was_closed_meanwhile_is_not_sent_again(face, session, api):
    class ClosesAtItsEnd(io.BytesIO):
        def read(self, size=-1):
            data = super().read(size)
            if not data:
                self.close()
                return b""
            return data

    with face(session, [api.origin]) as client:
        answer = client.request(
            "POST", api.url, content=ClosesAtItsEnd(b"ab"), headers={"Content-Length": "2"}
        )
    assert answer.status in {200, 401}  # a library may stop reading before the end
    assert {asked.body for asked in api.asked} == {b"ab"}


def test_a_list_of_pieces_is_sent_again_by_httpx(session, api):
    with FACES[0](session, [api.origin]) as client:
        assert client.post(api.url, [b"a", b"b"]).status == 200
    assert [asked.body for asked in api.asked] == [b"ab", b"ab"]


def test_a_stream_of_the_callers_own_is_sent_once_only(session, api):
    class Own(httpx.SyncByteStream):
        def __iter__(self):
            return iter([b"own"])

    request = httpx.Request(
        "POST", api.url, stream=Own(), headers={"Host": "x", "Content-Length": "3"}
    )
    auth = HttpxAuth(session, allowed_origins=[api.origin])
    with httpx.Client(auth=auth, trust_env=False) as client:
        assert client.send(request).status_code == 401
    assert [asked.body for asked in api.asked] == [b"own"]


def test_a_named_temporary_file_is_found_in_neither_but_never_sent_in_part(session, api):
    auth = RequestsAuth(session, allowed_origins=[api.origin])
    with tempfile.NamedTemporaryFile() as file, requests.Session() as client:
        file.write(WHOLE)
        file.seek(0)
        assert client.post(api.url, data=file, auth=auth).status_code == 401
    assert [asked.body for asked in api.asked] == [WHOLE]


def test_every_kind_of_body_of_this_httpx_is_known():
    file = io.BytesIO(WHOLE)

    def body(**content):
        return body_of(*sources_of(httpx.Request("POST", "https://a", **content).stream))

    assert body().lasts
    assert body(content=b"x").lasts
    assert body(json={}).lasts
    assert body(data={"a": "b"}).lasts
    assert body(content=file).files == ((file, 0),)
    assert body(files={"a": file, "b": ("n", b"x"), "c": ("n", "x", "t/p", {"X": "y"})}).files == (
        (file, 0),
    )
    assert not body(content=pieces()).lasts
    assert not body(content=Pipe(WHOLE)).lasts
    assert not body(files={"a": ("n", Pipe(WHOLE))}).lasts
