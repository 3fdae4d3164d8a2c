"""Pages of our own, with every stranger on the machine at their door."""

import http.client
import json
import socket
import time
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field

import pytest

from pywry_auth.callback_server.wire import Limits
from pywry_auth.desktop.pages import answers
from pywry_auth.desktop.pages.commands import Choice, RefusedCommandError, Text
from pywry_auth.desktop.pages.doors import MAX_DOORS, MAX_WINDOWS
from pywry_auth.desktop.pages.server import PageServer
from pywry_auth.desktop.pages.site import Served


LIMIT = 10.0  # seconds; only a broken server comes near it
POLICY = "default-src 'none'"


@dataclass
class Notes:
    """A site that remembers what it was asked."""

    verbs: dict = field(
        default_factory=lambda: {
            "choose": {"provider": Choice(frozenset({"work", "home"}))},
            "find": {"text": Text(20)},
            "leave": {},
        }
    )
    commands: list = field(default_factory=list)

    def page(self, name):
        return Served(f"page {name}".encode(), policy=POLICY) if name in {"", "more"} else None

    async def act(self, command):
        self.commands.append(command)
        if command.verb == "leave":
            raise RefusedCommandError("not now")
        return {"done": command.verb}


@pytest.fixture
def site():
    return Notes()


@pytest.fixture
def server(site):
    server = PageServer(app_name="Ledger")
    server.start(site)
    yield server
    server.close()


@dataclass
class Answer:
    status: int
    headers: dict
    body: bytes


def ask(server, method, path, *, body=None, host=None, **headers):
    client = http.client.HTTPConnection(server.authority, timeout=LIMIT)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        client.request(method, path, body=body, headers={"Host": host or server.authority, **sent})
        reply = client.getresponse()
        return Answer(reply.status, dict(reply.getheaders()), reply.read())
    finally:
        client.close()


def path_of(address):
    return "/" + address.split("/", 3)[3]


@dataclass
class Window:
    """What a browser remembers after it was let in."""

    server: PageServer
    folder: str
    cookie: str

    def get(self, name="", **headers):
        return ask(self.server, "GET", self.folder + name, **{"cookie": self.cookie, **headers})

    def post(self, body, **headers):
        ours = {
            "cookie": self.cookie,
            "origin": f"http://{self.server.authority}",
            "content_type": "application/json",
        }
        given = {name: value for name, value in {**ours, **headers}.items() if value is not None}
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return ask(self.server, "POST", self.folder + "do", body=data, **given)


def enter(server, address=None):
    reply = ask(server, "GET", path_of(address or server.address()))
    assert reply.status == 303
    return Window(server, reply.headers["Location"], reply.headers["Set-Cookie"].split(";")[0])


@pytest.fixture
def window(server):
    return enter(server)


CHOOSE = {"verb": "choose", "values": {"provider": "work"}}


# who is let in


def test_a_window_is_let_in_once(server):
    address = server.address()
    window = enter(server, address)

    assert window.get().body == b"page "
    assert window.get("more").body == b"page more"
    assert ask(server, "GET", path_of(address)).status == 404  # the replay


def test_looking_without_taking_spends_nothing(server):
    address = server.address()
    assert ask(server, "HEAD", path_of(address)).status == 405
    assert ask(server, "POST", path_of(address), body=b"").status == 405
    assert enter(server, address).get().status == 200


def test_the_cookie_is_for_this_window_alone(server):
    reply = ask(server, "GET", path_of(server.address()))
    said = reply.headers["Set-Cookie"]
    assert f"Path={reply.headers['Location']}" in said
    assert "HttpOnly" in said
    assert "SameSite=Strict" in said


def test_neither_path_nor_cookie_is_enough_alone(server):
    first, second = enter(server), enter(server)
    assert first.get().status == 200
    assert first.get(cookie="").status == 404
    assert first.get(cookie=second.cookie).status == 404
    assert first.get(cookie=f"{first.cookie}x").status == 404
    assert ask(server, "GET", "/", cookie=first.cookie).status == 404
    assert ask(server, "GET", "/x/", cookie=first.cookie).status == 404
    assert ask(server, "GET", first.folder.rstrip("/"), cookie=first.cookie).status == 404


def test_a_cookie_of_another_server_here_locks_nobody_out(window):
    name = window.cookie.partition("=")[0]
    assert window.get(cookie=f"{window.cookie}; {name}=x").status == 200
    assert window.get(cookie=f"{name}=x; {window.cookie}").status == 200
    assert window.get(cookie=f"{name}=x; {name}=y").status == 404


def test_another_user_of_this_computer_is_not_let_in_and_spends_nothing(server, monkeypatch):
    address = server.address()
    monkeypatch.setattr(answers, "is_somebody_elses", lambda _client: True)
    assert ask(server, "GET", path_of(address)).status == 404
    monkeypatch.undo()
    assert enter(server, address).get().status == 200


@pytest.mark.parametrize("host", ["evil.example", "localhost", "127.0.0.1", "127.0.0.1:1"])
def test_a_strangers_name_for_this_computer_leads_nowhere(server, window, host):
    address = server.address()
    assert ask(server, "GET", path_of(address), host=host).status == 421
    assert window.get(host=host).status == 421
    assert window.post(CHOOSE, host=host).status == 421
    assert enter(server, address).get().status == 200


def test_addresses_and_windows_are_not_kept_without_end(server):
    oldest = server.address()
    windows = [enter(server) for _ in range(MAX_WINDOWS + 1)]
    assert [window.get().status for window in windows] == [404] + [200] * MAX_WINDOWS
    for _ in range(MAX_DOORS):
        server.address()
    assert ask(server, "GET", path_of(oldest)).status == 404


def test_after_the_end_nobody_is_let_in(server, window):
    address = server.address()
    assert window.get().status == 200
    server.close()
    server.close()
    assert is_shut(server, path_of(address))


def is_shut(server, path):
    end = time.monotonic() + LIMIT
    while time.monotonic() < end:  # the loop closes its sockets a moment later
        try:
            assert ask(server, "GET", path).status == 404
        except OSError:
            return True
    return False


def test_a_server_that_never_started_ends_as_well(site):
    server = PageServer()
    server.close()
    server.start(site)
    with pytest.raises(OSError):  # noqa: PT011
        ask(server, "GET", "/")


def test_the_first_request_may_come_before_the_server_answers(site):
    server = PageServer()
    with closing(server), closing(socket.create_connection(server.authority.split(":"))) as early:
        path = path_of(server.address())
        early.sendall(f"GET {path} HTTP/1.1\r\nHost: {server.authority}\r\n\r\n".encode())
        server.start(site)
        early.settimeout(LIMIT)
        assert early.recv(64).startswith(b"HTTP/1.1 303")


# what pages may do


def test_a_command_is_done_and_answered(window, site):
    reply = window.post(CHOOSE)
    assert (reply.status, json.loads(reply.body)) == (200, {"done": "choose"})
    assert [(c.verb, c.values) for c in site.commands] == [("choose", {"provider": "work"})]


def test_what_cannot_be_done_now_is_a_conflict(window):
    assert window.post({"verb": "leave"}).status == 409


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": None},
        {"origin": "http://127.0.0.1:1"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "none"},
    ],
    ids=str,
)
def test_a_page_of_others_cannot_do_anything(window, site, headers):
    assert window.post(CHOOSE, **headers).status == 403
    assert site.commands == []


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", None])
def test_a_form_of_others_is_no_command(window, site, kind):
    assert window.post(CHOOSE, content_type=kind).status == 415
    assert site.commands == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"\xff",
        b"[" * 4000,
        b'"choose"',
        {},
        {"verb": "erase"},
        {"verb": 1},
        {"verb": ["choose"]},
        {"verb": "choose"},
        {"verb": "choose", "values": []},
        {"verb": "choose", "values": {"provider": "other"}},
        {"verb": "choose", "values": {"provider": 1}},
        {"verb": "choose", "values": {"provider": "work", "more": "x"}},
        {"verb": "leave", "values": {"provider": "work"}},
        {**CHOOSE, "more": 1},
        {"verb": "find", "values": {"text": "x" * 21}},
        {"verb": "find", "values": {"text": "a\nb"}},
        {"verb": "find", "values": {"text": None}},
        b'{"verb": "leave", "verb": "choose"}',
    ],
    ids=lambda body: str(body)[:40],
)
def test_only_what_is_on_the_list_is_a_command(window, site, body):
    assert window.post(body).status == 400
    assert site.commands == []


def test_a_giant_body_is_refused_before_it_is_read(window, site):
    assert window.post(b" " * 100_000).status == 413
    assert site.commands == []


def test_only_get_reads_and_only_post_does(server, window):
    path, cookie = window.folder, window.cookie
    assert ask(server, "GET", f"{path}do", cookie=cookie).status == 405
    assert ask(server, "POST", path, cookie=cookie, body=b"{}").status == 405
    assert ask(server, "DELETE", f"{path}do", cookie=cookie).status == 405
    assert window.get("unknown").status == 404


def test_pages_can_do_nothing_but_what_their_policy_says(window):
    reply = window.get()
    assert reply.headers["Content-Security-Policy"] == POLICY
    assert reply.headers["Cache-Control"] == "no-store"
    assert reply.headers["Referrer-Policy"] == "no-referrer"
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert "Access-Control-Allow-Origin" not in reply.headers


# news


@contextmanager
def listening(window):
    host, port = window.server.authority.split(":")
    with closing(socket.create_connection((host, int(port)), LIMIT)) as sock:
        sock.sendall(
            f"GET {window.folder}news HTTP/1.1\r\nHost: {window.server.authority}\r\n"
            f"Cookie: {window.cookie}\r\n\r\n".encode()
        )
        yield sock


def heard_until(sock, words):
    heard = b""
    while words not in heard:
        piece = sock.recv(4096)
        assert piece, heard
        heard += piece
    return heard


def test_news_come_as_they_happen(server, window):
    with listening(window) as sock:
        head = heard_until(sock, b"retry")
        assert b"text/event-stream" in head
        server.tell("step", number=1)
        heard_until(sock, b'event: step\ndata: {"number":1}\n\n')
        server.tell("step", number=2)
        heard_until(sock, b'data: {"number":2}')


def test_who_comes_late_is_told_the_latest_of_each_kind(server, window):
    server.tell("step", number=1)
    server.tell("step", number=2)
    server.tell("said", text="caf\u00e9\n\ndata: forged")
    with listening(window) as sock:
        heard = heard_until(sock, b"forged")
    assert b'"number":1' not in heard
    assert b'"number":2' in heard
    assert heard.count(b"data:") == 3  # the forged one is inside a line
    assert b"\ndata: forged" not in heard


def test_news_are_for_windows_only(server, window):
    assert ask(server, "GET", f"{window.folder}news").status == 404


def test_who_has_left_makes_room(window, monkeypatch):
    monkeypatch.setattr("pywry_auth.desktop.pages.news.MAX_LISTENERS", 1)
    with listening(window) as first:
        heard_until(first, b"retry")
    assert gets_in(window)


def gets_in(window):
    end = time.monotonic() + LIMIT
    while time.monotonic() < end:
        with listening(window) as sock:
            if b" 200 " in sock.recv(64):
                return True
    return False


def test_listeners_are_not_let_in_without_end(window, monkeypatch):
    monkeypatch.setattr("pywry_auth.desktop.pages.news.MAX_LISTENERS", 1)
    with listening(window) as first:
        heard_until(first, b"retry")
        assert window.get("news").status == 429
        assert window.get().status == 200


def test_a_slow_drip_holds_nobody_up(site, monkeypatch):
    monkeypatch.setattr(answers, "LIMITS", Limits(connections=4, read_seconds=0.05))
    with ExitStack() as stack:
        server = stack.enter_context(closing(PageServer()))
        server.start(site)
        host, port = server.authority.split(":")
        drips = [
            stack.enter_context(closing(socket.create_connection((host, int(port)), LIMIT)))
            for _ in range(12)
        ]
        for sock in drips:
            sock.sendall(b"GET / HTTP/1.1\r\nHos")
        assert enter(server).get().status == 200
        assert [is_cut_off(sock) for sock in drips] == [True] * len(drips)


def is_cut_off(sock):
    try:
        said = sock.recv(4096)
    except ConnectionError:
        return True
    return said == b""


def test_no_secret_is_in_what_prints(server):
    address = server.address()
    entry = server._doors.enter(path_of(address))
    assert entry.folder not in repr(entry)
    assert entry.cookie not in repr(entry)
    assert "page" not in repr(Served(b"page"))
