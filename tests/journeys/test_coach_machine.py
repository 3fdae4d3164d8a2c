"""Failures that this machine and its network really cause, in the words that people get."""

import asyncio
import datetime as dt
import gc
import socket
import ssl
import sys
import threading
from contextlib import contextmanager
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from pywry_auth import http
from pywry_auth.coach.advise import advise
from pywry_auth.coach.say import Say
from pywry_auth.coach.values import Action
from pywry_auth.errors import AuthError
from pywry_auth.flow import AuthFlowManager, CallbackOptions
from pywry_auth.providers import GenericOIDCProvider, GitHubProvider
from pywry_auth.session import SessionManager
from pywry_auth.token_store import KeyringTokenStore
from tests import keyring_env


NOW = dt.datetime.now(dt.UTC)
DAY = dt.timedelta(days=1)
HERE = (x509.IPAddress(ip_address("127.0.0.1")),)
FORBIDDEN = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"

needs_keyring = pytest.mark.skipif(
    sys.platform != "linux" or bool(keyring_env.lacks()), reason=keyring_env.lacks() or "no Linux"
)
# secretstorage leaves its connection to the bus to the garbage collector, which is called here
leaves_a_socket = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")


def prepared(issuer):
    """Ask *issuer* for its metadata, as the first step of a sign-in does; give the advice."""

    async def ask():
        async with GenericOIDCProvider("client", issuer_url=issuer) as provider:
            await provider.prepare()

    with pytest.raises(AuthError) as raised:
        asyncio.run(ask())
    return advise(raised.value, issuer=issuer)


def opened(**options):
    """Begin a sign-in that ends before anybody is shown a page; give the advice."""
    flow = AuthFlowManager(GitHubProvider("client"), auth_timeout=5, **options)
    with pytest.raises(AuthError) as raised:
        flow.run_native(show_window=shown_too_early, close_window=lambda _label: None)
    return advise(raised.value)


def shown_too_early(_url, _config):
    raise AssertionError("a page was shown")


@contextmanager
def listening(serve):
    """Serve each connection to a port of this machine with *serve*; gives the port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        over = threading.Event()

        def run():
            while not over.is_set():
                connection, _ = listener.accept()
                with connection:
                    serve(connection)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            over.set()
            socket.create_connection(listener.getsockname()).close()
            thread.join(5)


def certificate(*, begins=-DAY, ends=DAY, names=HERE):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Tests")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW + begins)
        .not_valid_after(NOW + ends)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return made.public_bytes(Encoding.PEM), private


@pytest.fixture
def https(tmp_path, monkeypatch):
    """Ask a server with that certificate, which this machine trusts or does not."""

    def ask(*, trusted, **options):
        public, private = certificate(**options)
        chain, roots = tmp_path / "chain.pem", tmp_path / "roots.pem"
        chain.write_bytes(public + private)
        roots.write_bytes(public if trusted else certificate()[0])
        monkeypatch.setenv("SSL_CERT_FILE", str(roots))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain)

        def serve(connection):
            try:
                context.wrap_socket(connection, server_side=True).close()
            except OSError:
                return  # whoever asked did not trust it

        with listening(serve) as port:
            return prepared(f"https://127.0.0.1:{port}")

    http._trust.cache_clear()  # the roots are read from the disk once
    yield ask
    http._trust.cache_clear()


def test_a_certificate_that_signs_itself_is_not_trusted(https):
    advice = https(trusted=False)
    assert (advice.code, advice.sentence) == ("certificate_untrusted", Say.CERTIFICATE.value)
    assert "trust store" in advice.fix


@pytest.mark.parametrize("life", [(-2 * DAY, -DAY), (DAY, 2 * DAY)])
def test_a_certificate_of_another_time_leads_to_the_clock(https, life):
    advice = https(trusted=True, begins=life[0], ends=life[1])
    assert (advice.code, advice.sentence) == ("certificate_date", Say.CERTIFICATE_DATE.value)


def test_a_certificate_of_somebody_else_leads_to_the_page_of_the_network(https):
    advice = https(trusted=True, names=(x509.DNSName("portal.hotel.example"),))
    assert (advice.code, advice.sentence) == ("certificate_other_host", Say.NETWORK_LOGIN.value)


def test_a_name_that_nobody_knows():
    advice = prepared("https://host.invalid")
    assert (advice.code, advice.action) == ("host_unknown", Action.RETRY)


def test_a_proxy_that_wants_a_password(monkeypatch):
    def serve(connection):
        connection.recv(4096)
        connection.sendall(FORBIDDEN)

    with listening(serve) as port:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
        advice = prepared("https://host.invalid")
    assert (advice.code, advice.sentence) == ("proxy_refused", Say.PROXY.value)
    assert "HTTPS_PROXY" in advice.fix


def test_nobody_at_the_other_end_is_offline():
    with socket.create_server(("127.0.0.1", 0)) as closing:
        port = closing.getsockname()[1]
    advice = prepared(f"http://127.0.0.1:{port}")
    assert (advice.code, advice.sentence) == ("offline", Say.OFFLINE.value)


def test_a_port_that_another_program_holds():
    with socket.create_server(("127.0.0.1", 0)) as other:
        advice = opened(callback=CallbackOptions(ports=(other.getsockname()[1],)))
    assert (advice.code, advice.action) == ("port_in_use", Action.RETRY)
    assert "port" in advice.fix


@needs_keyring
@leaves_a_socket
def test_a_keyring_that_is_locked():
    with keyring_env.private_keyring() as env, keyring_env.in_environment(env):
        store = KeyringTokenStore("pywry-auth:coach")
        asyncio.run(store.list_keys())
        keyring_env.lock()
        provider = GitHubProvider("client")
        advice = opened(session_manager=SessionManager(provider, store))
    gc.collect()
    assert (advice.code, advice.action) == ("keyring_locked", Action.UNLOCK)
    assert advice.sentence == Say.KEYRING_LOCKED.value


@needs_keyring
@leaves_a_socket
def test_a_keyring_that_was_never_opened():
    with keyring_env.private_keyring(unlocked=False) as env, keyring_env.in_environment(env):
        store = KeyringTokenStore("pywry-auth:coach")
        provider = GitHubProvider("client")
        advice = opened(session_manager=SessionManager(provider, store))
    gc.collect()
    assert advice.action is Action.UNLOCK
