"""Pictures of accounts: from where they may come, and who may see them."""

import asyncio
import os
import socket
import stat
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address

import pytest

from pywry_auth.account_index import Account
from pywry_auth.desktop import picture_fetch
from pywry_auth.desktop.picture import STALE, Pictures
from pywry_auth.desktop.picture_fetch import MAX_BYTES, fetch_picture, is_public
from pywry_auth.errors import ConfigError, TransportError
from tests.unit.test_picture_format import jpeg, png


class Site:
    """A web server of this test; ``answers`` maps a path to status, headers, body."""

    def __init__(self):
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                site.asked.append((self.path, dict(self.headers)))
                status, headers, body = site.answers.get(self.path, (404, {}, b""))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_arguments):
                pass

        self.asked = []
        self.answers = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def site():
    site = Site()
    yield site
    site.close()


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "app" / "pictures"


@pytest.fixture
def pictures(folder):
    return Pictures(folder, is_wanted=lambda _key: True)


def account_at(address):
    return Account("work", "alice", picture=address)


def fetch(pictures, site, path="/me"):
    account = account_at(site.url + path)
    return account, asyncio.run(pictures.fetch(account, issuer=site.url))


def test_a_picture_is_fetched_once_and_found_again(pictures, site):
    site.answers["/me"] = (200, {"Content-Type": "text/plain"}, png())
    account, found = fetch(pictures, site)
    assert found == pictures.of(account)
    assert found.kind == "image/png"
    assert found.path.read_bytes() == png()
    fetch(pictures, site)
    assert [path for path, _ in site.asked] == ["/me"]
    assert pictures.of(account_at(site.url + "/other")) is None


def test_nobody_is_told_who_asks(pictures, site):
    site.answers["/me"] = (200, {"Set-Cookie": "a=b"}, png())
    fetch(pictures, site)
    sent = {name.lower() for name in site.asked[0][1]}
    assert not sent & {"authorization", "cookie", "referer"}


@pytest.mark.skipif(sys.platform == "win32", reason="modes are a POSIX thing")
def test_a_picture_is_its_owner_s_alone(pictures, site):
    site.answers["/me"] = (200, {}, png())
    _, found = fetch(pictures, site)
    assert stat.S_IMODE(found.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(found.path.parent.stat().st_mode) == 0o700
    assert "alice" not in found.path.name


@pytest.mark.parametrize(
    "answer",
    [
        (404, {}, png()),
        (500, {}, png()),
        (200, {"Content-Type": "image/png"}, b"<svg onload='alert(1)'/>"),
        (200, {"Content-Type": "image/svg+xml"}, b"<svg/>"),
        (200, {}, b""),
        (200, {}, png(60000, 60000)),
        (200, {}, png() + b"\0" * MAX_BYTES),
        (302, {"Location": "file:///etc/passwd"}, b""),
        (302, {"Location": "ftp://127.0.0.1/me.png"}, b""),
        (302, {"Location": "data:image/png;base64,AAAA"}, b""),
        (302, {"Location": "http://example.com/me.png"}, b""),
        (302, {}, b""),
        (302, {"Location": "/me"}, b""),
    ],
)
def test_what_is_no_portrait_is_not_kept(pictures, site, folder, answer):
    site.answers["/me"] = answer
    assert fetch(pictures, site)[1] is None
    assert not folder.exists()
    assert len(site.asked) <= picture_fetch.MAX_STEPS


def test_a_picture_may_move(pictures, site):
    site.answers["/me"] = (302, {"Location": "/there"}, b"")
    site.answers["/there"] = (200, {}, jpeg())
    _, found = fetch(pictures, site)
    assert found.kind == "image/jpeg"


def test_a_picture_that_moved_nowhere_is_none(pictures, site):
    site.answers["/me"] = (302, {"Location": "https://[there"}, b"")
    _, found = fetch(pictures, site)
    assert found is None


def test_a_stranger_leads_nobody_into_this_network(pictures, site, folder):
    site.answers["/me"] = (200, {}, png())
    account = account_at(site.url + "/me")
    for issuer in ("", "https://192.0.43.8", "https://[2606:2800:220:1::1]"):
        assert asyncio.run(pictures.fetch(account, issuer=issuer)) is None
    assert site.asked == []
    assert not folder.exists()


def test_nor_does_a_redirect(site, monkeypatch):
    """The first address is far away as far as names go; the second one is this computer's."""
    site.answers["/me"] = (302, {"Location": f"{site.url}/inside"}, b"")
    site.answers["/inside"] = (200, {}, png())
    far = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.43.8", 0))]
    answers = [far]
    real = socket.getaddrinfo

    def looked_up(*arguments, **options):
        return answers.pop() if answers else real(*arguments, **options)

    monkeypatch.setattr(picture_fetch.socket, "getaddrinfo", looked_up)
    with pytest.raises((ConfigError, TransportError)):
        asyncio.run(fetch_picture(site.url + "/me"))
    assert "/inside" not in [path for path, _ in site.asked]


@pytest.mark.parametrize(
    "address",
    [
        "http://example.com/me.png",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://",
        "https://user:password@example.com/me.png",
        "//example.com/me.png",
        "not an address",
    ],
)
def test_only_https_is_asked(address):
    with pytest.raises(ConfigError):
        asyncio.run(fetch_picture(address))


@pytest.mark.parametrize(
    ("text", "public"),
    [
        ("192.0.43.8", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("192.168.1.1", False),
        ("0.0.0.0", False),  # noqa: S104
        ("224.0.0.251", False),
        ("2606:2800:220:1::1", True),
        ("::1", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("ff02::fb", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:192.0.43.8", True),
        ("64:ff9b::a00:1", False),
        ("2002:a00:1::", False),
    ],
)
def test_an_address_of_this_network_is_known_however_it_is_written(text, public):
    assert is_public(ip_address(text)) is public


def test_a_new_address_takes_the_place_of_the_old_picture(pictures, site, folder):
    site.answers["/me"] = (200, {}, png())
    site.answers["/new"] = (200, {}, jpeg())
    account, _ = fetch(pictures, site)
    _, found = fetch(pictures, site, "/new")
    assert found.kind == "image/jpeg"
    assert pictures.of(account) is None
    assert len(list(folder.iterdir())) == 1


def test_an_old_picture_is_asked_for_again_and_stays_when_nobody_answers(pictures, site):
    site.answers["/me"] = (200, {}, png())
    account, found = fetch(pictures, site)
    then = found.path.stat().st_mtime - STALE - 60
    os.utime(found.path, (then, then))
    site.answers.clear()
    assert pictures.is_due(account)
    assert fetch(pictures, site)[1] == found


def test_a_picture_goes_with_its_account(pictures, site, folder):
    site.answers["/me"] = (200, {}, png())
    account, _ = fetch(pictures, site)
    (folder / "0123-other").write_bytes(png())
    pictures.remove(account)
    pictures.remove(account)
    assert [one.name for one in folder.iterdir()] == ["0123-other"]
    assert pictures.clear()
    assert not folder.exists()
    assert pictures.clear()


def test_nothing_is_kept_of_who_left_meanwhile(folder, site):
    site.answers["/me"] = (200, {}, png())
    for answers in ([False], [True, False]):
        left = Pictures(folder, is_wanted=lambda _key, answers=answers: answers.pop(0))
        _, found = fetch(left, site)
        assert found is None
        assert not folder.exists() or list(folder.iterdir()) == []


def test_who_has_no_picture_asks_nobody(pictures):
    assert asyncio.run(pictures.fetch(Account("work", "alice"))) is None
    assert pictures.of(Account("work", "alice")) is None


def test_a_damaged_copy_is_no_picture(pictures, site):
    site.answers["/me"] = (200, {}, png())
    account, found = fetch(pictures, site)
    found.path.write_bytes(b"<svg/>")
    assert pictures.of(account) is None
