"""What a sign-in meets on a real machine: keyrings, certificates, networks, providers, windows."""

import asyncio
import datetime as dt
import gc
import json
import socket
import ssl
import sys
import threading
from contextlib import contextmanager, suppress
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from pywry_auth import http
from pywry_auth.preflight.run import preflight
from pywry_auth.preflight.values import Depth, Outcome
from pywry_auth.providers import GenericOIDCProvider
from pywry_auth.runtime import LOOP
from pywry_auth.token_store import KeyringTokenStore
from tests import keyring_env, screen
from tests.providers_kit import OidcProviderOP, running


SERVICE = "pywry-auth:preflight"
NOW = dt.datetime.now(dt.UTC)
DAY = dt.timedelta(days=1)

needs_keyring = pytest.mark.skipif(
    sys.platform != "linux" or bool(keyring_env.lacks()), reason=keyring_env.lacks() or "no Linux"
)
# secretstorage leaves its connection to the bus to the garbage collector, which is called here
leaves_a_socket = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def looked(issuer):
    provider = GenericOIDCProvider("desktop", issuer_url=issuer)
    try:
        return preflight(provider, depth=Depth.FULL)
    finally:
        LOOP.run(provider.close())


def outcomes(report, *checks):
    found = [report.of(check) for check in checks]
    return [None if one is None else one.outcome for one in found]


def well(finding):
    """A busy machine is slow, which is told."""
    return finding.outcome is Outcome.OK or "slow" in finding.sentence


# Keyrings


@needs_keyring
@leaves_a_socket
def test_a_real_keyring_keeps_no_probe():
    with keyring_env.private_keyring() as env, keyring_env.in_environment(env):
        report = preflight(None, KeyringTokenStore(SERVICE), depth=Depth.FULL)
        found = report.of("store")
        assert well(found), found
        assert keyring_env.entries_of(SERVICE) == []
    gc.collect()


@needs_keyring
@leaves_a_socket
def test_a_keyring_that_is_locked_fails_before_any_window():
    with keyring_env.private_keyring() as env, keyring_env.in_environment(env):
        store = KeyringTokenStore(SERVICE)
        asyncio.run(store.list_keys())
        keyring_env.lock()
        found = preflight(None, store, depth=Depth.FULL).of("store")
    gc.collect()
    assert found.outcome is Outcome.FAILED
    assert "locked" in found.sentence


@needs_keyring
@leaves_a_socket
def test_a_keyring_whose_daemon_has_gone_fails():
    with keyring_env.private_keyring() as env:
        store = KeyringTokenStore(SERVICE)
        with keyring_env.in_environment(env):
            assert well(preflight(None, store, depth=Depth.FULL).of("store"))
    # The bus has ended by now, and the daemon with it.
    with keyring_env.in_environment(env):
        found = preflight(None, store, depth=Depth.FULL).of("store")
    gc.collect()
    assert found.outcome is Outcome.FAILED
    assert found.fix


# Network


def test_a_name_nobody_knows_ends_the_journey():
    report = looked("https://host.invalid")
    assert outcomes(report, "dns", "connection", "tls", "provider") == [
        Outcome.FAILED,
        None,
        None,
        Outcome.SKIPPED,
    ]
    assert "host.invalid" in report.of("dns").fix


def test_nobody_at_the_port_ends_the_journey():
    with socket.create_server(("127.0.0.1", 0)) as closing:
        port = closing.getsockname()[1]
    report = looked(f"http://127.0.0.1:{port}")
    assert outcomes(report, "dns", "connection", "tls") == [Outcome.OK, Outcome.FAILED, None]
    assert str(port) in report.of("connection").fix


def test_a_proxy_that_is_away_is_named_without_its_password(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as closing:
        port = closing.getsockname()[1]
    monkeypatch.setenv("HTTPS_PROXY", f"http://someone:canary@127.0.0.1:{port}")
    report = looked("https://host.invalid")
    assert outcomes(report, "dns", "connection") == [Outcome.OK, Outcome.FAILED]
    assert f"the proxy 127.0.0.1:{port}" in report.of("connection").fix
    assert "canary" not in repr(report)


class Answering(BaseHTTPRequestHandler):
    """Answers as the path says."""

    def date_time_string(self, timestamp=None):
        if timestamp is None and "/late/" in self.path:
            now = dt.datetime.now(dt.UTC)
            return format_datetime(now + dt.timedelta(hours=2), usegmt=True)
        return super().date_time_string(timestamp)

    def do_GET(self):
        mode = self.path.split("/")[1]
        if mode == "portal":
            self.send_response(302)
            self.send_header("Location", "http://login.hotel.example/?from=canary")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        issuer = f"http://{self.headers['Host']}/{mode}"
        body = json.dumps(
            {
                "issuer": issuer,
                "authorization_endpoint": f"{issuer}/authorize",
                "token_endpoint": f"{issuer}/token",
                "jwks_uri": f"{issuer}/keys",
            }
        ).encode()
        kind = "application/json"
        if mode == "hotel":
            body, kind = b"<!doctype html><title>Welcome</title>", "text/html"
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments):
        pass


@pytest.fixture(scope="module")
def answering():
    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("mode", ["portal", "hotel"])
def test_a_network_that_wants_a_sign_in_of_its_own_is_told(answering, mode):
    report = looked(f"{answering}/{mode}")
    assert outcomes(report, "tls", "provider") == [Outcome.WARNING, Outcome.FAILED]
    assert "This network" in report.of("tls").sentence
    assert "canary" not in repr(report)


def test_a_clock_that_is_two_hours_off_is_told(answering):
    report = looked(f"{answering}/late")
    found = report.of("clock")
    assert found.outcome is Outcome.FAILED
    assert "2 hours slow" in found.fix
    assert 7100 < found.facts["offset"] < 7300


# Certificates


def certificate(*, begins=-DAY, ends=DAY):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Tests")])
    here = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW + begins)
        .not_valid_after(NOW + ends)
        .add_extension(here, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return made.public_bytes(Encoding.PEM), private


@contextmanager
def listening(chain):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        over = threading.Event()

        def run():
            while not over.is_set():
                connection, _ = listener.accept()
                with connection, suppress(OSError):  # whoever asks does not trust it
                    context.wrap_socket(connection, server_side=True).close()

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            over.set()
            socket.create_connection(listener.getsockname()).close()
            thread.join(5)


@pytest.mark.parametrize(
    ("trusted", "life", "word"),
    [(False, {}, "trust store"), (True, {"begins": -2 * DAY, "ends": -DAY}, "clock")],
)
def test_a_certificate_nobody_should_believe_is_told(tmp_path, monkeypatch, trusted, life, word):
    public, private = certificate(**life)
    chain, roots = tmp_path / "chain.pem", tmp_path / "roots.pem"
    chain.write_bytes(public + private)
    roots.write_bytes(public if trusted else certificate()[0])
    monkeypatch.setenv("SSL_CERT_FILE", str(roots))
    http._trust.cache_clear()  # the roots are read from the disk once
    try:
        with listening(chain) as port:
            report = looked(f"https://127.0.0.1:{port}")
    finally:
        http._trust.cache_clear()
    assert outcomes(report, "connection", "tls") == [Outcome.OK, Outcome.FAILED]
    assert word in report.of("tls").fix


# Real providers, real windows


@pytest.fixture(scope="module")
def op():
    yield from running(OidcProviderOP)


@pytest.mark.skipif(bool(OidcProviderOP.missing()), reason=str(OidcProviderOP.missing()))
def test_a_certified_provider_has_everything(op):
    report = looked(op.issuer)
    checks = ("dns", "connection", "tls", "clock", "provider")
    assert not [one for one in outcomes(report, *checks) if one is None]
    assert not [x for x in report.findings if x.check in checks and not well(x)], report


@pytest.mark.window
@pytest.mark.skipif(bool(screen.missing_tools()), reason=f"not installed: {screen.missing_tools()}")
@pytest.mark.parametrize("gui", ["qt", "gtk"])
def test_a_hidden_window_paints_and_nobody_sees_it(gui, monkeypatch):
    with screen.Screen() as display:
        monkeypatch.setenv("DISPLAY", display.display)
        monkeypatch.setenv("PYWRY_AUTH_GUI", gui)
        found = preflight(depth=Depth.DEEP).of("painting")
        assert found.outcome is Outcome.OK, found
        assert {"qt": "qtwebengine", "gtk": "gtkwebkit2"}[gui] == found.facts["renderer"]
        assert display.windows() == []


@pytest.mark.window
@pytest.mark.skipif(bool(screen.missing_tools()), reason=f"not installed: {screen.missing_tools()}")
def test_a_display_nobody_serves_fails_to_paint(monkeypatch):
    monkeypatch.setenv("DISPLAY", ":4711")
    monkeypatch.setenv("PYWRY_AUTH_GUI", "gtk")
    found = preflight(depth=Depth.DEEP).of("painting")
    assert found.outcome is Outcome.WARNING
    assert found.fix
