"""Pages for a sign-in window to show, some of them hostile, with a listener that remembers."""

import ssl
import subprocess
import threading
from concurrent.futures import Future
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self
from urllib.parse import parse_qsl, urlencode, urlsplit

from pywry_auth.errors import WindowError


STYLE = """<!doctype html><meta charset="utf-8"><title>page</title><style>
body{margin:0;font:16px sans-serif} form{margin:2em} input{display:block;font:inherit;width:90%}
a,button{display:block;margin:0;font:inherit;width:100%;height:100px}</style>"""

FORM = """<form method="post" action="/done"><h1>Sign in</h1>
<input name="user" autofocus placeholder="user"><input name="password" type="password">
<button style="height:auto">Sign in</button></form>"""

# Everything a page could call to reach the application, besides what it may keep.
PROBE = """<script>
addEventListener("load", () => setTimeout(() => {  // a bridge may come after the page
const handlers = window.webkit && window.webkit.messageHandlers;
let bridge = "none";
try { handlers.jsBridge.postMessage("x"); bridge = "answers"; } catch (error) {}
let storage = "works";
try { localStorage.setItem("a", "b"); } catch (error) { storage = String(error); }
fetch("/report?" + new URLSearchParams({
  pywebview: typeof window.pywebview, api: typeof (window.pywebview || {}).api, bridge, storage,
  qt: typeof window.qt, agent: navigator.userAgent}));
}, 400));
</script>"""

HOSTILE = """<style>html{background:#ff0000}</style><button id="b" style="height:700px;
background:#ff0000;border:0">go</button><div style="position:fixed;inset:-500px;z-index:99999;
background:#ff0000;pointer-events:none"></div><script>
b.onclick = async () => {
  let full = "yes";
  try { await document.documentElement.requestFullscreen(); } catch (error) { full = "no"; }
  fetch("/report?full=" + full);
};</script>"""

OPENER = """<a href="/child" target="_blank" rel="opener">blank</a>
<button onclick="window.open('/child', 'w', 'width=300,height=300')">open</button><script>
addEventListener("message", event => fetch("/report?from=" + event.data));
</script>"""

CHILD = """<style>html{background:#00ff00}</style><button style="background:#00ff00;border:0"
onclick="window.close()">close</button><script>
opener && opener.postMessage("child", "*");</script>"""

INSISTENT = """<h1>Stay</h1><button id="b">go</button><script>
b.onclick = async () => {
  await fetch("/report?insists=yes");
  for (;;) alert("stay");
};</script>"""

# What a page can do before anybody has touched it.
OPENS_ITSELF = """<script>
try { window.open('/child', 'w', 'width=300,height=300'); } catch (error) {}
try { Notification.requestPermission(); } catch (error) {}
try { navigator.geolocation.getCurrentPosition(() => {}); } catch (error) {}
try { document.documentElement.requestFullscreen(); } catch (error) {}
try { print(); } catch (error) {}
alert("look here"); confirm("sure?"); prompt("name?");
fetch("/report?through=yes");
</script>"""

# Our own page in a window that stays: it must never be loaded twice.
OWN = """<style>html{background:#0000ff}</style><input autofocus style="position:fixed;top:300px">
<script>
addEventListener("visibilitychange", () =>
  fetch("/report?" + new URLSearchParams({own: document.visibilityState})));
addEventListener("keydown", event => event.key === "Escape" && fetch("/report?key=escape"));
</script>"""

# Pages of providers that lead nowhere, under the strictest policy a page can have.
NOT_SECURE = (
    "<h1>Could not sign you in.</h1> <p>This browser or app may not be secure. Learn more</p>"
)
LATE = f"""<script nonce="n">setTimeout(() => {{ document.body.innerHTML = "{NOT_SECURE}"; }}, 400);
</script>"""
FRAMED = f"""<h1>Sign in</h1><iframe srcdoc="{NOT_SECURE}"></iframe><input value="{NOT_SECURE}">
<!-- {NOT_SECURE} --><div hidden>{NOT_SECURE}</div>"""
MISMATCH = "<h1>Sign in</h1><p>AADSTS50011: The redirect URI does not match.</p>"
PASSKEY = "<h1>Sign in</h1><button>Use your passkey</button>"
STRICT = {
    "Content-Security-Policy": "default-src 'none'; script-src 'nonce-n'; frame-src 'self'; sandbox"
    " allow-scripts"
}

LINK = """<a href="{href}">go</a><script>
addEventListener("pagehide", () => navigator.sendBeacon("/report?left=yes"));</script>"""


CERTIFICATE = (
    "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
    " -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
)
HTML = {"Content-Type": "text/html"}
PAGES = {
    "/form": FORM,
    "/probe": PROBE,
    "/hostile": HOSTILE,
    "/opener": OPENER,
    "/child": CHILD,
    "/insistent": INSISTENT,
    "/opens-itself": OPENS_ITSELF,
    "/own": OWN,
}
STRICT_PAGES = {
    "/refuses": NOT_SECURE,
    "/refuses-late": LATE,
    "/refuses-in-a-frame": FRAMED,
    "/mismatch": MISMATCH,
    "/passkey": PASSKEY,
}


class QuietServer(ThreadingHTTPServer):
    """A server whose visitors may hang up at any time, as those of a broken certificate do."""

    daemon_threads = True
    site: "Site"

    def handle_error(self, *_arguments: object) -> None:
        """Stay silent."""


class Visit(BaseHTTPRequestHandler):
    """One request, written down before it is answered."""

    server: "QuietServer"

    def do_GET(self) -> None:
        site, parts = self.server.site, urlsplit(self.path)
        site.visits.append(self.path)
        site.cookies.append(self.headers.get("Cookie", ""))
        if parts.path == "/report":
            site.reports.append(dict(parse_qsl(parts.query)))
        self._answer(*site.answer(parts.path, parts.query))

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", "0"))
        body = self.rfile.read(length).decode()
        self.server.site.posts.append(dict(parse_qsl(body)))
        self._answer(200, HTML, STYLE + "<h1>Thank you</h1>")

    def _answer(self, status: int, headers: dict[str, str], text: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_arguments: object) -> None:
        """Stay silent."""


class Site:
    """A small web server, whose visitors are remembered."""

    def __init__(self, port: int = 0, certificate: Path | None = None) -> None:
        self.visits: list[str] = []
        self.posts: list[dict[str, str]] = []
        self.reports: list[dict[str, str]] = []
        self.cookies: list[str] = []
        self._server = QuietServer(("127.0.0.1", port), Visit)
        self._server.site = self
        self._scheme = "http"
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
            self._scheme = "https"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_failure: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def port(self) -> int:
        return self._server.server_address[1]

    def url(self, path: str) -> str:
        return f"{self._scheme}://127.0.0.1:{self.port}{path}"

    def answer(self, path: str, query: str) -> tuple[int, dict[str, str], str]:
        """Give status, headers and body of a page."""
        given = dict(parse_qsl(query))
        match path:
            case "/goes":
                return 200, HTML, STYLE + LINK.format(href=given["to"])
            case "/redirect" | "/approve":
                return 302, {"Location": given.get("to") or approved(given)}, ""
            case "/file.bin":
                return 200, {"Content-Type": "application/x-unheard-of"}, "data"
            case "/cookie":
                return 200, {**HTML, "Set-Cookie": "who=alice; Max-Age=9999"}, STYLE
            case _ if path in STRICT_PAGES:
                return 403, {**HTML, **STRICT}, STYLE + STRICT_PAGES[path]
            case _:
                return 200, HTML, STYLE + PAGES.get(path, "<h1>page</h1>")


def approved(request: dict[str, str]) -> str:
    """Give where a provider sends the person who said yes to *request*."""
    answer = urlencode({"code": "the-code", "state": request["state"]})
    return f"{request['redirect_uri']}?{answer}"


class Remembering:
    """A listener that keeps what it was told."""

    def __init__(self, next_url: str | None = None) -> None:
        self.next_url = next_url
        self.fresh = 0
        self.notices: list[str] = []
        self.pasted_texts: list[str] = []
        self.closings: Future[WindowError | None] = Future()
        self.count = 0

    def closed(self, reason: WindowError | None = None) -> None:
        self.count += 1
        self.closings.set_result(reason)

    def pasted(self, text: str) -> bool:
        self.pasted_texts.append(text)
        return text == "right"

    def fresh_url(self) -> str | None:
        self.fresh += 1
        return self.next_url

    def told(self, notice: str) -> None:
        self.notices.append(notice)

    def reason(self) -> WindowError | None:
        return self.closings.result(timeout=20)


def self_signed(folder: Path) -> Path:
    """Make a certificate nobody trusts."""
    made = folder / "self-signed.pem"
    subprocess.run(
        ["openssl", *CERTIFICATE.split(), "-keyout", str(made), "-out", str(folder / "crt.pem")],
        check=True,
        capture_output=True,
    )
    made.write_text(made.read_text() + (folder / "crt.pem").read_text())
    return made


def family_of(pid: int) -> set[int]:
    """Every living process in the session of *pid*, helpers of helpers included (Linux)."""
    family = set()
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        state, session = fields[0], int(fields[3])
        if session == pid and state not in "ZX":
            family.add(int(entry.name))
    return family


def open_descriptors() -> int:
    """How many descriptors this process holds."""
    return len(list(Path("/proc/self/fd").iterdir()))
