"""The wizard's pages in a real browser: everybody can use them, nobody else can."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import product

import pytest

from pywry_auth.desktop.wizard.theme import Theme
from pywry_auth.desktop.wizard.wizard import FirstRunWizard
from pywry_auth.errors import TokenTransportError
from pywry_auth.ui.texts import Texts
from pywry_auth.window.base import WindowKind
from tests.axe_kit import SCHEMES, VIEWS, chromium, missing, scrolls_sideways, tab, violations
from tests.fakes.desktop import ADA, GITHUB, GOOGLE
from tests.fakes.staying import FakeStaying
from tests.fakes.wizard import FakeControl


LIMIT = 10.0  # seconds; only a broken wizard comes near it
LIMIT_MS = 10_000

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())

CHOICE = replace(GOOGLE, scopes=("openid", "email", "profile", "urn:acme:notes.write"))
LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'
LONG_NAME = "Hubert Blaine Wolfeschlegelsteinhausenbergerdorff " * 2


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


class Tour:
    """A person in one tab, whose sign-in nobody performs."""

    def __init__(self, page, folder, **options):
        self.page = page
        self.control = FakeControl((CHOICE, GITHUB), texts=options.pop("texts", Texts()))
        self.window = FakeStaying()
        self.wizard = FirstRunWizard(
            self.control,
            window=self.window,
            folder=folder,
            organisations=lambda _issuer: None,
            reasons={"urn:acme:notes.write": "To keep your notes in step."},
            **options,
        )
        self.said = []
        page.on("pageerror", lambda error: self.said.append(str(error)))
        self._pool = ThreadPoolExecutor(1)
        self.running = self._pool.submit(self.wizard.run)
        page.goto(self.window.address())
        self.sees("welcome")

    def sees(self, step):
        self.page.wait_for_selector(f'main[data-step="{step}"]', timeout=LIMIT_MS)

    def presses(self, selector, step):
        self.page.click(selector)
        self.sees(step)

    def reads(self, words):
        words = self.control.texts(words)
        self.page.wait_for_selector(f"text={words}", timeout=LIMIT_MS)

    def steps(self):
        """Go through everything there is; gives the name of each thing that is to be seen."""
        yield "welcome"
        self.presses("button.main", "choose")
        yield "choose"
        self.presses('[data-verb="organisation"]', "organisation")
        yield "organisation"
        self.page.fill("input", "nonsense")
        self.page.press("input", "Enter")
        self.page.wait_for_selector(".wrong")
        yield "not found"
        self.presses('[data-verb="back"]', "choose")
        self.presses('[data-provider="google"]', "access")
        yield "access"
        self.presses("button.main", "sign_in")
        yield "opening"
        self.control.waiting(WindowKind.BROWSER)
        self.reads("Finish in your browser, then come back here.")
        yield "in the browser"
        self.control.end(TokenTransportError("cannot be reached"))
        self.sees("trouble")
        self.page.click("summary")
        yield "trouble"
        self.control.instantly = replace(ADA, name=LONG_NAME, picture="https://127.0.0.1:9/x.png")
        self.presses('[data-verb="retry"]', "confirm")
        yield "confirm"
        self.presses("button.main", "done")
        yield "done"

    def end(self):
        self.wizard.close()
        return self.running.result(LIMIT)


@contextmanager
def tour(browser, folder, *, scheme="light", view="window", **options):
    contrast = options.pop("contrast", False)
    with tab(browser, scheme=scheme, view=view, contrast=contrast) as page:
        there = Tour(page, folder, **options)
        try:
            yield there
        finally:
            there.end()


@pytest.mark.parametrize(("scheme", "view"), list(product(SCHEMES, VIEWS)))
def test_everybody_can_use_every_step(browser, tmp_path, scheme, view):
    with tour(browser, tmp_path, scheme=scheme, view=view) as person:
        for seen in person.steps():
            assert violations(person.page) == [], seen
            assert not scrolls_sideways(person.page), seen
        assert person.said == []


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("accent", ["#ffe600", "#000000", "#ff0000"])
def test_any_colour_of_an_application_can_be_read(browser, tmp_path, scheme, accent):
    theme = Theme(accent=accent, logo=LOGO, radius=0)
    with tour(browser, tmp_path, scheme=scheme, theme=theme) as person:
        for seen in person.steps():
            assert violations(person.page) == [], seen


@pytest.mark.parametrize("how", [{"contrast": True}, {"texts": Texts("ar", "rtl")}], ids=str)
def test_high_contrast_and_the_other_direction_are_no_worse(browser, tmp_path, how):
    with tour(browser, tmp_path, **how) as person:
        for seen in person.steps():
            assert violations(person.page) == [], seen
            assert not scrolls_sideways(person.page), seen


def focused(page):
    return page.evaluate("() => document.activeElement.id || document.activeElement.dataset.verb")


def test_the_keyboard_is_enough_and_each_step_begins_at_its_heading(browser, tmp_path):
    with tour(browser, tmp_path) as person:
        page = person.page
        assert focused(page) == "title"
        page.keyboard.press("Enter")
        person.sees("choose")
        assert focused(page) == "title"
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        person.sees("access")
        page.keyboard.press("Escape")
        person.sees("choose")
        page.keyboard.press("Alt+ArrowLeft")
        person.sees("welcome")


def test_what_is_typed_keeps_the_focus_and_its_answer_is_read_out(browser, tmp_path):
    with tour(browser, tmp_path) as person:
        person.presses("button.main", "choose")
        person.presses('[data-verb="organisation"]', "organisation")
        page = person.page
        assert focused(page) == "text"
        status = page.locator('[role="status"]').element_handle()
        page.keyboard.type("nonsense")
        page.keyboard.press("Enter")
        page.wait_for_selector(".wrong")
        assert focused(page) == "text"
        assert page.input_value("input") == "nonsense"
        assert status.text_content().startswith("Enter an email address")  # the same live region
        assert page.get_attribute("input", "aria-invalid") == "true"
        page.keyboard.press("Control+A")
        page.keyboard.press("Delete")
        page.keyboard.press("Enter")  # nothing was typed, nothing is asked
        assert person.control.begun == []


def test_progress_changes_nothing_but_itself(browser, tmp_path):
    with tour(browser, tmp_path) as person:
        person.presses("button.main", "choose")
        person.presses('[data-provider="google"]', "access")
        person.presses("button.main", "sign_in")
        page = person.page
        page.focus('[data-verb="back"]')
        status = page.locator('[role="status"]').element_handle()
        person.control.waiting(WindowKind.BROWSER)
        person.reads("Finish in your browser")
        assert status.text_content() == "Finish in your browser, then come back here."
        assert focused(page) == "back"
        page.wait_for_selector('[data-verb="again"]')


def test_a_page_whose_application_is_gone_says_so(browser, tmp_path):
    with tour(browser, tmp_path) as person:
        person.wizard.close()
        person.running.result(LIMIT)
        person.reads("is not waiting any more")


def test_a_reload_shows_the_same_step_and_the_one_time_address_is_spent(browser, tmp_path):
    with tour(browser, tmp_path) as person:
        person.presses("button.main", "choose")
        person.page.reload()
        person.sees("choose")
        with tab(browser) as stranger:
            assert stranger.goto(person.window.url).status == 404
            assert stranger.goto(person.page.url).status == 404  # the path without the cookie


COOKIES = []  # what the other program was sent


class Elsewhere(BaseHTTPRequestHandler):
    """Another local program, whose page the same browser visits."""

    def do_GET(self):
        COOKIES.append(self.headers.get("Cookie", ""))
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>elsewhere</title>")

    def log_message(self, *_arguments):
        pass


@pytest.fixture
def elsewhere():
    COOKIES.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


def test_another_programs_page_in_the_same_browser_can_do_nothing(browser, tmp_path, elsewhere):
    with tour(browser, tmp_path) as person:
        ours = person.page.url
        stranger = person.page.context.new_page()
        stranger.goto(elsewhere)
        tried = """async ([url, method]) => {
          const body = JSON.stringify({verb: 'go_on', values: {}});
          const options = method === 'POST'
            ? {method, body, headers: {'Content-Type': 'application/json'}, credentials: 'include'}
            : {credentials: 'include'};
          try { return (await fetch(url, options)).status; } catch { return 'refused'; }
        }"""
        # It even knows the path, which stands in no page and no header.
        assert stranger.evaluate(tried, [f"{ours}do", "POST"]) == "refused"
        assert stranger.evaluate(tried, [ours, "GET"]) == "refused"
        simple = """async url => {
          const body = '{"verb": "go_on", "values": {}}';
          const how = {method: 'POST', mode: 'no-cors', credentials: 'include', body};
          try { return (await fetch(url, how)).type; } catch { return 'refused'; }
        }"""
        assert stranger.evaluate(simple, f"{ours}do") in {"opaque", "refused"}
        stranger.evaluate(
            "url => new Promise(done => { const frame = document.createElement('iframe');"
            "frame.onload = done; frame.src = url; document.body.append(frame); })",
            ours,
        )
        framed = [frame for frame in stranger.frames if frame.url.startswith("http://127.0.0.1")]
        assert not [f for f in framed[1:] if f.query_selector("main")]
        assert COOKIES
        assert not any(COOKIES)  # cookies know no ports, but paths
        person.page.reload()
        person.sees("welcome")  # nothing that was sent has led anywhere
