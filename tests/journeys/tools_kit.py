"""Servers that other people's tools speak to: git over HTTP, a registry, a cluster, STS."""

import base64
import json
import os
import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


@dataclass
class Seen:
    """One request that came."""

    method: str
    path: str
    authorization: str
    headers: dict[str, str] = field(repr=False)
    body: bytes = field(default=b"", repr=False)

    @property
    def scheme(self) -> str:
        return self.authorization.partition(" ")[0]

    @property
    def pair(self) -> tuple[str, str]:
        """Name and password, as Basic has them."""
        name, _, password = (
            base64.b64decode(self.authorization.partition(" ")[2]).decode().partition(":")
        )
        return name, password

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode()))


class Guarded:
    """A server that wants a credential; remembers whatever came."""

    #: how it asks for one
    challenge = 'Basic realm="test"'

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.refused: set[str] = set()
        self.port = 0
        #: PEM of key and certificate; None speaks in the clear
        self.certificate: Path | None = None

    @property
    def url(self) -> str:
        scheme = "http" if self.certificate is None else "https"
        return f"{scheme}://127.0.0.1:{self.port}"

    @property
    def shown(self) -> list[str]:
        """Every credential that was shown, in order."""
        return [one.authorization for one in self.seen if one.authorization]

    def is_let_in(self, request: Seen) -> bool:
        if not request.authorization:
            return False
        secret = (
            request.pair[1]
            if request.scheme == "Basic"
            else request.authorization.partition(" ")[2]
        )
        return secret not in self.refused

    def answer(self, request: Seen) -> tuple[int, dict[str, str], bytes]:
        raise NotImplementedError

    def respond(self, request: Seen) -> tuple[int, dict[str, str], bytes]:
        if self.is_let_in(request):
            return self.answer(request)
        return 401, {"WWW-Authenticate": self.challenge, "Content-Type": "text/plain"}, b"who?"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    guarded: Guarded

    def _any(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self._chunks() if self.headers.get("Transfer-Encoding") else None
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Seen(
            self.command,
            self.path,
            self.headers.get("Authorization", ""),
            headers,
            self.rfile.read(length) if body is None else body,
        )
        self.guarded.seen.append(request)
        status, sent, content = self.guarded.respond(request)
        self.send_response(status)
        for name, value in sent.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _chunks(self) -> bytes:
        found = b""
        while size := int(self.rfile.readline(), 16):
            found += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return found

    def do_GET(self) -> None:
        self._any()

    def do_POST(self) -> None:
        self._any()

    def do_HEAD(self) -> None:
        self._any()

    def log_message(self, *_arguments: object) -> None:
        pass


def certified(server: Guarded, folder: Path) -> Guarded:
    """Let *server* speak TLS, with a certificate of its own."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    address = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(address, critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    server.certificate = folder / "certificate.pem"
    server.certificate.write_bytes(private + certificate.public_bytes(pem))
    return server


@contextmanager
def serving(server: Guarded) -> Iterator[Guarded]:
    with ThreadingHTTPServer(
        ("127.0.0.1", 0), type("Bound", (Handler,), {"guarded": server})
    ) as http:
        server.port = http.server_port
        if server.certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(server.certificate)
            http.socket = context.wrap_socket(http.socket, server_side=True)
        thread = threading.Thread(target=http.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server
        finally:
            http.shutdown()
            thread.join()


class GitHost(Guarded):
    """
    git's own ``http-backend`` behind a password.

    Args:
        folder: where the one repository, ``notes.git``, is made.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        bare = folder / "notes.git"
        _git("init", "-q", "--bare", str(bare))
        _git("-C", str(bare), "config", "http.receivepack", "true")
        _git("-C", str(bare), "symbolic-ref", "HEAD", "refs/heads/main")

    @property
    def repository(self) -> str:
        return f"{self.url}/notes.git"

    def answer(self, request: Seen) -> tuple[int, dict[str, str], bytes]:
        parts = urlsplit(request.path)
        env = {
            "PATH": os.environ["PATH"],
            "GIT_PROJECT_ROOT": str(self._folder),
            "GIT_HTTP_EXPORT_ALL": "1",
            "REQUEST_METHOD": request.method,
            "PATH_INFO": parts.path,
            "QUERY_STRING": parts.query,
            "CONTENT_TYPE": request.headers.get("content-type", ""),
            "HTTP_CONTENT_ENCODING": request.headers.get("content-encoding", ""),
            "GIT_PROTOCOL": request.headers.get("git-protocol", ""),
            "REMOTE_USER": "somebody",
            "CONTENT_LENGTH": str(len(request.body)),
        }
        done = subprocess.run(
            ["git", "http-backend"], env=env, input=request.body, capture_output=True, check=True
        )
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        lines = [line.split(": ", 1) for line in head.decode().split("\r\n")]
        headers = dict(lines)
        status = int(headers.pop("Status", "200").split()[0])
        return status, headers, content


def _git(*words: str) -> None:
    subprocess.run(["git", *words], check=True, capture_output=True)


class Registry(Guarded):
    """Just enough of a registry for ``docker manifest inspect``."""

    def respond(self, request: Seen) -> tuple[int, dict[str, str], bytes]:
        status, headers, content = super().respond(request)
        return status, {**headers, "Docker-Distribution-Api-Version": "registry/2.0"}, content

    def answer(self, _request: Seen) -> tuple[int, dict[str, str], bytes]:
        return 200, {"Content-Type": "application/json"}, b"{}"


class Cluster(Guarded):
    """Just enough of an API server for ``kubectl get --raw``."""

    challenge = "Bearer"

    def answer(self, request: Seen) -> tuple[int, dict[str, str], bytes]:
        return (
            200,
            {"Content-Type": "application/json"},
            json.dumps({"asked": request.path}).encode(),
        )


class Sts(Guarded):
    """Gives keys for whatever web identity is shown, unless it is refused."""

    def respond(self, request: Seen) -> tuple[int, dict[str, str], bytes]:
        form = request.form
        if form.get("Action") != "AssumeRoleWithWebIdentity":
            return 200, {"Content-Type": "text/xml"}, CALLER
        if form["WebIdentityToken"] in self.refused:
            return 400, {"Content-Type": "text/xml"}, EXPIRED % form["WebIdentityToken"].encode()
        return 200, {"Content-Type": "text/xml"}, KEYS


KEYS = b"""<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <AssumeRoleWithWebIdentityResult>
    <SubjectFromWebIdentityToken>1</SubjectFromWebIdentityToken>
    <AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/dev/alice</Arn>
      <AssumedRoleId>AROACLKWSDQRAOEXAMPLE:alice</AssumedRoleId></AssumedRoleUser>
    <Credentials>
      <SessionToken>canary-session+token/==</SessionToken>
      <SecretAccessKey>canary-secret+key/</SecretAccessKey>
      <Expiration>2099-10-24T23:00:23Z</Expiration>
      <AccessKeyId>ASgeIAIOSFODNN7EXAMPLE</AccessKeyId>
    </Credentials>
  </AssumeRoleWithWebIdentityResult>
  <ResponseMetadata><RequestId>ad4156e9</RequestId></ResponseMetadata>
</AssumeRoleWithWebIdentityResponse>"""

EXPIRED = b"""<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <Error><Type>Sender</Type><Code>ExpiredTokenException</Code>
    <Message>Token expired: %s</Message></Error>
  <RequestId>ad4156e9</RequestId>
</ErrorResponse>"""

CALLER = b"""<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <GetCallerIdentityResult><Arn>arn:aws:sts::123456789012:assumed-role/dev/alice</Arn>
    <UserId>x</UserId><Account>123456789012</Account></GetCallerIdentityResult>
  <ResponseMetadata><RequestId>y</RequestId></ResponseMetadata>
</GetCallerIdentityResponse>"""


def missing(tool: str) -> str:
    """Say why *tool* cannot be tried here, or ""."""
    return "" if shutil.which(tool) else f"{tool} is not installed"
