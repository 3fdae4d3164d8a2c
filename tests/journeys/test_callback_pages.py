"""What a person sees in a real browser after the redirect."""

import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from pywry_auth.callback_server.listener import CallbackListener
from pywry_auth.callback_server.outcome import Outcome
from pywry_auth.protocol.authorization import CallbackParams
from pywry_auth.runtime import LOOP


sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

CHROMIUM = Path("/usr/bin/chromium")
CODE = "canary-code"
DEADLINE = 15.0  # seconds for a real browser on a busy machine
LEGIBLE = 4.5  # WCAG 2.2, 1.4.3: contrast of text with what lies behind it

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="there is no /usr/bin/chromium")

_TEXT_COLOURS = """() => {
  const behind = element => {
    for (let e = element; e; e = e.parentElement) {
      const colour = getComputedStyle(e).backgroundColor;
      if (colour !== 'rgba(0, 0, 0, 0)') return colour;
    }
    return 'rgb(255, 255, 255)';
  };
  return [...document.querySelectorAll('h1, p')].map(
    e => [getComputedStyle(e).color, behind(e)]);
}"""


_HEAD = '<!doctype html><title>Provider</title><link rel=icon href="data:,">'


class _Provider(BaseHTTPRequestHandler):
    """A sign-in page with one button; where that leads is in the page's own address."""

    def do_GET(self) -> None:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        if "go" in asked:
            self._answer(302, b"", Location=asked["go"])
            return
        if "framed" in asked:
            page = f'<iframe src="/?back=x"></iframe><iframe src="{asked["framed"]}"></iframe>'
        elif "form" in asked:
            fields = f'<input name=code value="{CODE}"><input name=state value=ours>'
            fields += "<button>Sign in</button>"
            page = f'<form method=post action="{asked["back"]}">{fields}</form>'
        else:
            go = f'<input name=go value="{asked["back"]}">'
            page = f'<form action="/">{go}<button>Sign in</button></form>'
        self._answer(200, f"{_HEAD}{page}".encode())

    def _answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class's name)
        """Stay silent."""


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Provider) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def chromium() -> Iterator["sync_api.Browser"]:
    flags = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=flags)
        yield browser
        browser.close()


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    """Give where pictures go; PYWRY_AUTH_SHOTS keeps them."""
    kept = os.environ.get("PYWRY_AUTH_SHOTS")
    folder = Path(kept) if kept else tmp_path
    folder.mkdir(parents=True, exist_ok=True)
    return folder


class _Waiting:
    """A listener on the package's loop, driven from this thread."""

    def __init__(self, app_name: str = "Ledger") -> None:
        self.listener = CallbackListener(
            accepts=lambda params: params.state == "ours", app_name=app_name
        )

    def __enter__(self) -> Self:
        self.uri = LOOP.run(self.listener.start())
        return self

    def __exit__(self, *_: object) -> None:
        LOOP.run(self._close())

    def received(self) -> CallbackParams:
        return LOOP.submit(self.listener.received()).result(DEADLINE)

    def settle(self, outcome: Outcome) -> None:
        LOOP.call_soon(lambda: self.listener.settle(outcome))

    def shown(self) -> None:
        LOOP.submit(self.listener.linger(DEADLINE)).result(DEADLINE)

    async def _close(self) -> None:
        self.listener.close()


class _Person:
    """One tab, with everything it asked for and complained about."""

    def __init__(self, context: "sync_api.BrowserContext") -> None:
        self.page = context.new_page()
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def signs_in(self, provider: str, waiting: _Waiting, query: str, form: str = "") -> None:
        back = waiting.uri if form else f"{waiting.uri}?{query}"
        self.page.goto(f"{provider}/?{urlencode({'back': back, 'form': form})}")
        self.page.get_by_role("button").click(no_wait_after=True)

    def reads(self, heading: str) -> None:
        self.page.get_by_role("heading", name=heading).wait_for(timeout=DEADLINE * 1000)

    def history(self) -> list[str]:
        session = self.page.context.new_cdp_session(self.page)
        entries = session.send("Page.getNavigationHistory")["entries"]
        return [entry["url"] for entry in entries]


def _luminance(colour: str) -> float:
    parts = [float(n) / 255 for n in colour[colour.index("(") + 1 : -1].split(",")[:3]]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(first: str, second: str) -> float:
    dark, light = sorted((_luminance(first), _luminance(second)))
    return (light + 0.05) / (dark + 0.05)


OUTCOMES = [
    (Outcome.success(), "You are signed in", "status"),
    (Outcome.failure("Your organisation does not allow this."), "Sign-in did not succeed", "alert"),
]


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("outcome", "heading", "role"), OUTCOMES)
def test_the_last_page_is_readable_everywhere(
    chromium: "sync_api.Browser",
    provider: str,
    shots: Path,
    outcome: Outcome,
    heading: str,
    role: str,
    scheme: str,
    width: int,
) -> None:
    size = {"width": width, "height": 640}
    with _Waiting() as waiting:
        context = chromium.new_context(color_scheme=scheme, viewport=size, reduced_motion="reduce")
        person = _Person(context)
        person.signs_in(provider, waiting, f"code={CODE}&state=ours")
        assert waiting.received().code == CODE
        waiting.settle(outcome)
        person.reads(heading)
        person.page.screenshot(path=shots / f"{outcome.ending}-{scheme}-{width}.png")

        page = person.page
        assert page.get_by_role(role).count() == 1
        assert page.evaluate("document.activeElement.tagName") == "H1"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert (
            page.evaluate("getComputedStyle(document.querySelector('main')).animationName")
            == "none"
        )
        colours = page.evaluate(_TEXT_COLOURS)
        assert len(colours) >= 2
        assert min(_contrast(text, ground) for text, ground in colours) >= LEGIBLE
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (_luminance(ground) > 0.5) is (scheme == "light")
        assert outcome.reason in page.inner_text("main")
        assert "You may close this tab" in page.inner_text("main")
        waiting.shown()
        assert person.complaints == []
        context.close()


@pytest.mark.parametrize("form", ["", "form_post"])
def test_the_code_stays_in_no_address_and_no_history(
    chromium: "sync_api.Browser", provider: str, form: str
) -> None:
    with _Waiting() as waiting:
        context = chromium.new_context()
        person = _Person(context)
        person.signs_in(provider, waiting, f"code={CODE}&state=ours", form)
        assert waiting.received() == CallbackParams(code=CODE, state="ours")
        waiting.settle(Outcome.success())
        person.reads("You are signed in")

        assert person.page.url == f"{waiting.uri}/done"
        behind = [url for url in person.history() if url.startswith(waiting.uri)]
        assert behind == [f"{waiting.uri}/done"]
        assert person.page.evaluate("document.referrer") == ""
        assert {urlsplit(url).hostname for url in person.requests} == {"127.0.0.1"}
        context.close()


def test_reloading_and_going_back_and_forth_changes_nothing(
    chromium: "sync_api.Browser", provider: str
) -> None:
    with _Waiting() as waiting:
        context = chromium.new_context()
        person = _Person(context)
        person.signs_in(provider, waiting, f"code={CODE}&state=ours")
        waiting.settle(Outcome.success())
        person.reads("You are signed in")

        person.page.reload()
        person.reads("You are signed in")
        person.page.go_back()
        person.page.get_by_role("button").wait_for()
        person.page.go_forward()
        person.reads("You are signed in")
        assert waiting.received() == CallbackParams(code=CODE, state="ours")
        context.close()


def test_a_slow_end_is_told_by_itself_once_it_is_there(
    chromium: "sync_api.Browser", provider: str, shots: Path
) -> None:
    with _Waiting() as waiting:
        context = chromium.new_context(viewport={"width": 1280, "height": 640})
        person = _Person(context)
        person.signs_in(provider, waiting, f"code={CODE}&state=ours")
        person.reads("Finishing your sign-in")
        person.page.screenshot(path=shots / "finishing.png")

        waiting.settle(Outcome.failure("The provider withdrew its answer."))

        person.reads("Sign-in did not succeed")
        waiting.shown()
        assert person.complaints == []
        context.close()


def test_a_hostile_redirect_runs_no_script_and_shows_none_of_its_words(
    chromium: "sync_api.Browser", provider: str
) -> None:
    script = "<script>document.title='owned'</script>"
    with _Waiting(app_name="<img src=x onerror=document.title='owned'>") as waiting:
        context = chromium.new_context()
        person = _Person(context)
        person.page.goto(f"{waiting.uri}?error={script}&error_description={script}&state=forged")
        person.reads("This is not the answer we expected")
        assert person.page.title() == "Not the expected answer"
        assert "<img src=x" in person.page.inner_text("main")  # the name itself, as text

        person.signs_in(provider, waiting, f"error={script}&error_description={script}&state=ours")
        waiting.settle(Outcome.failure(script))
        person.reads("Sign-in did not succeed")
        assert person.page.title() == "Sign-in did not succeed"
        assert person.page.inner_text(".reason") == script
        context.close()


def test_a_page_of_somebody_else_cannot_frame_ours(
    chromium: "sync_api.Browser", provider: str
) -> None:
    with _Waiting() as waiting:
        context = chromium.new_context()
        person = _Person(context)
        root = waiting.uri.removesuffix("callback")
        person.page.goto(f"{provider}/?{urlencode({'framed': root})}")

        own, ours = person.page.frames[1:]
        assert own.get_by_role("button").count() == 1  # a frame as such is shown
        assert root in person.requests
        assert "Waiting" not in ours.content()
        assert any("frame" in complaint for complaint in person.complaints)
        context.close()


def test_high_contrast_keeps_the_edges(chromium: "sync_api.Browser", shots: Path) -> None:
    with _Waiting() as waiting:
        context = chromium.new_context(forced_colors="active")
        person = _Person(context)
        person.page.goto(f"{waiting.uri}?error=x")
        person.reads("This is not the answer we expected")
        person.page.screenshot(path=shots / "refused-contrast.png")
        edge = person.page.evaluate(
            "getComputedStyle(document.querySelector('main')).borderTopColor"
        )
        text = person.page.evaluate("getComputedStyle(document.body).color")
        assert edge == text
        context.close()
