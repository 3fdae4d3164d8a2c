"""The wizard as its page sees it: asked over the wire, while nobody signs in anywhere."""

import asyncio
import http.client
import json
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from pywry_auth.desktop.wizard.memory import NAME
from pywry_auth.desktop.wizard.site import picture_origin
from pywry_auth.desktop.wizard.theme import Theme
from pywry_auth.desktop.wizard.typed import Typed
from pywry_auth.desktop.wizard.wizard import FirstRunWizard
from pywry_auth.errors import (
    AuthenticationError,
    AuthFlowCancelled,
    ConfigError,
    TokenTransportError,
    WindowError,
)
from pywry_auth.runtime import LOOP
from pywry_auth.ui.texts import Texts
from pywry_auth.window.base import WindowKind
from pywry_auth.window.browser import BrowserWindow
from tests.fakes.desktop import ACME, ADA, BOB, GOOGLE
from tests.fakes.staying import FakeGuest, FakeStaying
from tests.fakes.wizard import FakeControl


LIMIT = 10.0  # seconds; only a broken wizard comes near it
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"/>'
FAILURE = TokenTransportError("id.example.com cannot be reached")


def until(wanted, what):
    end = time.monotonic() + LIMIT
    while not wanted():
        assert time.monotonic() < end, what
        time.sleep(0.005)


class Visitor:
    """A page that was let in."""

    def __init__(self, address):
        self.authority, path = re.fullmatch(r"http://([^/]+)(/.*)", address).groups()
        reply, _ = self.ask("GET", path)
        assert reply.status == 303, reply.status
        self.folder = reply.getheader("Location")
        self.cookie = reply.getheader("Set-Cookie").split(";")[0]

    def ask(self, method, path, body=None, **headers):
        client = http.client.HTTPConnection(self.authority, timeout=LIMIT)
        client.request(method, path, body=body, headers=headers)
        reply = client.getresponse()
        text = reply.read()
        client.close()
        return reply, text

    def get(self, name=""):
        return self.ask("GET", self.folder + name, Cookie=self.cookie)

    @property
    def page(self):
        return self.get()[1].decode()

    @property
    def step(self):
        return re.search(r'<main data-step="(\w+)"', self.page)[1]

    def do(self, verb, **values):
        body = json.dumps({"verb": verb, "values": values})
        headers = {
            "Cookie": self.cookie,
            "Origin": f"http://{self.authority}",
            "Content-Type": "application/json",
        }
        reply, text = self.ask("POST", f"{self.folder}do", body, **headers)
        assert reply.status == 200, (verb, reply.status)
        return json.loads(text)["number"]

    def comes_to(self, step):
        until(lambda: self.step == step, f"the page shows {step}")


class Desk:
    """A wizard on a thread of its own."""

    def __init__(self, folder, control=None, window=None, **options):
        self.control = control or FakeControl()
        self.window = FakeStaying() if window is None else window
        self.wizard = FirstRunWizard(self.control, window=self.window, folder=folder, **options)
        self.folder = folder
        self._pool = ThreadPoolExecutor(1)
        self.running = self._pool.submit(self.wizard.run)

    def visit(self):
        return Visitor(self.window.address())

    def result(self):
        return self.running.result(LIMIT)

    @property
    def remembered(self):
        file = self.folder / NAME
        return json.loads(file.read_text())["step"] if file.exists() else None


@pytest.fixture
def start(tmp_path):
    desks = []

    def begin(**options):
        desk = Desk(tmp_path, **options)
        desks.append(desk)
        return desk

    yield begin
    for desk in desks:
        desk.wizard.close()
        desk.running.exception(LIMIT)


def to_sign_in(desk):
    page = desk.visit()
    page.do("go_on")
    page.do("choose", provider="google")
    page.do("agree")
    until(lambda: desk.control.begun, "the sign-in begins")
    return page


def test_a_person_goes_from_the_welcome_to_the_end(start):
    desk = start()
    page = to_sign_in(desk)
    assert "Signing in with Google" in page.page
    assert isinstance(desk.control.windows[0], FakeGuest)
    desk.control.waiting()
    until(lambda: "The sign-in page is open." in page.page, "what the window shows is said")
    desk.control.end(ADA)
    page.comes_to("confirm")
    assert "Ada Lovelace" in page.page
    assert desk.window.raised == 1
    page.do("confirm")
    assert "You are all set" in page.page
    page.do("finish")
    assert desk.result() == ADA
    assert desk.window.closed
    assert desk.remembered is None


def test_what_is_seen_is_on_the_disk_before_it_is_seen(start):
    desk = start()
    page = desk.visit()
    for verb, values, step in (
        ("go_on", {}, "choose"),
        ("choose", {"provider": "google"}, "access"),
        ("agree", {}, "sign_in"),
        ("back", {}, "access"),
        ("back", {}, "choose"),
    ):
        page.do(verb, **values)
        assert desk.remembered == step


def test_going_back_cancels_the_sign_in_and_another_may_begin(start):
    desk = start()
    page = to_sign_in(desk)
    page.do("back")
    assert page.step == "access"
    assert ("cancel", None) in desk.control.asked
    page.do("agree")
    until(lambda: len(desk.control.begun) == 2, "the second sign-in begins")
    desk.control.end(ADA)
    page.comes_to("confirm")


def test_who_stops_before_the_sign_in_has_begun_stops_it_when_it_does(start):
    desk = start()
    page = to_sign_in(desk)
    cancelled = len(desk.control.asked)
    desk.control.cancel = lambda: desk.control.asked.append(("cancel", None))  # nobody heard it
    page.do("back")
    del desk.control.cancel
    desk.control.waiting()
    until(lambda: len(desk.control.asked) > cancelled + 1, "it is cancelled once more")
    assert page.step == "access"


def test_the_next_sign_in_waits_until_the_one_before_has_ended(start):
    desk = start()
    page = to_sign_in(desk)
    desk.control.cancel = lambda: None  # it takes its time
    page.do("back")
    page.do("agree")
    assert desk.control.begun == ["google"]
    desk.control.instantly = ADA
    desk.control.end(AuthFlowCancelled("at last"))
    page.comes_to("confirm")
    assert desk.control.begun == ["google", "google"]
    del desk.control.cancel


def test_a_person_who_goes_back_at_the_providers_page_is_where_they_were(start):
    desk = start()
    page = to_sign_in(desk)
    desk.control.end(AuthFlowCancelled("the person closed the page"))
    page.comes_to("access")


def test_a_failure_is_said_in_words_and_tried_again(start):
    desk = start()
    page = to_sign_in(desk)
    desk.control.end(FAILURE)
    page.comes_to("trouble")
    assert 'role="alert"' in page.page
    desk.control.instantly = ADA
    page.do("retry")
    page.comes_to("confirm")
    assert desk.control.begun == ["google", "google"]


def test_a_defect_is_no_silence(start, monkeypatch):
    told = []
    monkeypatch.setattr(threading, "excepthook", lambda found: told.append(found.exc_type))
    desk = start()
    page = to_sign_in(desk)
    desk.control.end(ZeroDivisionError("a defect"))
    page.comes_to("trouble")
    until(lambda: told == [ZeroDivisionError], "the application's own hook is told")


def test_another_account_comes_beside_the_first(start):
    desk = start()
    page = to_sign_in(desk)
    desk.control.end(ADA)
    page.comes_to("confirm")
    desk.control.instantly = BOB
    page.do("another")
    until(lambda: "Bob" in page.page, "the other account is asked about")
    assert desk.control.begun == ["google", "+google"]
    page.do("confirm")
    page.do("finish")
    assert desk.result() == BOB


def test_the_browser_may_show_the_sign_in_alone(start):
    desk = start()
    page = desk.visit()
    page.do("go_on")
    page.do("choose", provider="google")
    page.do("browser")
    until(lambda: desk.control.windows, "the sign-in begins")
    assert isinstance(desk.control.windows[0], BrowserWindow)
    page.do("again")
    assert ("open_again", None) in desk.control.asked


def test_a_provider_that_lets_nobody_in_here_is_shown_in_the_browser(start):
    choice = replace(GOOGLE, by_browser=True)
    desk = start(control=FakeControl((choice, ACME)))
    page = to_sign_in(desk)
    assert "Finish in your browser" in page.page or "Opening" in page.page
    assert isinstance(desk.control.windows[0], BrowserWindow)


def test_a_hand_over_is_told_and_the_window_comes_back_at_the_end(start):
    desk = start()
    page = to_sign_in(desk)
    desk.control.waiting()
    desk.window.listener.handed_over()
    desk.control.waiting(WindowKind.BROWSER)
    until(lambda: "Finish in your browser" in page.page, "the page says where it goes on")
    desk.control.end(ADA)
    page.comes_to("confirm")
    assert desk.window.raised == 1


@pytest.mark.parametrize("how", ["cancel", "close"])
def test_who_leaves_is_nobody_and_begins_anew(start, how):
    desk = start()
    page = to_sign_in(desk)
    if how == "cancel":
        page.do("cancel")
    else:
        desk.window.listener.closed(None)
    assert desk.result() is None
    assert ("cancel", None) in desk.control.asked
    assert desk.remembered is None


def test_who_closes_the_last_page_has_signed_in(start):
    desk = start()
    page = to_sign_in(desk)
    desk.control.end(ADA)
    page.comes_to("confirm")
    page.do("confirm")
    desk.window.listener.closed(None)
    assert desk.result() == ADA


def test_an_application_that_takes_the_wizard_away_finds_it_there_again(start):
    desk = start()
    page = desk.visit()
    page.do("go_on")
    page.do("choose", provider="google")
    desk.wizard.close()
    assert desk.result() is None
    again = start()
    assert again.visit().step == "access"


def test_what_was_cut_off_goes_on(start, tmp_path):
    began = time.time() - 60
    memory = {"v": 1, "step": "sign_in", "provider": "google", "trail": ["welcome", "choose"]}
    (tmp_path / NAME).write_text(json.dumps({**memory, "began_at": began}))
    desk = start()
    until(lambda: desk.control.begun == ["google"], "the sign-in begins by itself")
    page = desk.visit()
    assert page.step == "sign_in"
    page.do("cancel")
    assert desk.result() is None

    (tmp_path / NAME).write_text(json.dumps({**memory, "began_at": began}))
    stored = replace(ADA, signed_in_at=began + 1)
    signed_in = start(control=FakeControl(accounts=(stored,)))
    assert signed_in.visit().step == "confirm"
    assert signed_in.control.begun == []


def test_a_list_of_accounts_that_cannot_be_read_stops_nobody(start, tmp_path):
    (tmp_path / NAME).write_text(
        '{"v": 1, "step": "access", "provider": "google", "trail": [], "began_at": 1}'
    )
    control = FakeControl()
    control.broken = True
    assert start(control=control).visit().step == "access"


# organisations


class Found:
    """Says that every organisation is at one place, or what it is told to raise."""

    def __init__(self, monkeypatch, result):
        async def find(typed, _send, *, microsoft):
            assert isinstance(typed, Typed)
            assert microsoft.startswith("https://")
            if isinstance(result, Exception):
                raise result
            return result

        monkeypatch.setattr("pywry_auth.desktop.wizard.search.find_issuer", find)


def to_organisation(desk):
    page = desk.visit()
    page.do("go_on")
    page.do("organisation")
    assert page.step == "organisation"
    return page


def test_an_organisation_becomes_a_provider_that_is_known_again(start, monkeypatch):
    Found(monkeypatch, "https://id.example.net")
    made = []
    desk = start(organisations=lambda issuer: made.append(issuer) or f"provider of {issuer}")
    page = to_organisation(desk)
    page.do("find", text="ada@example.com")
    page.comes_to("access")
    assert made == ["https://id.example.net"]
    assert desk.control.added == [("example.com", "provider of https://id.example.net")]
    assert "example.com (id.example.net)" in re.sub(r"<[^>]*>|[\u2068\u2069]", "", page.page)
    page.do("agree")
    until(lambda: desk.control.begun == ["example.com"], "the sign-in begins there")
    desk.wizard.close()
    desk.result()
    again = start(organisations=lambda issuer: f"again {issuer}")
    until(lambda: again.control.begun == ["example.com"], "it goes on there")
    assert again.control.added == [("example.com", "again https://id.example.net")]


def test_nobody_takes_the_place_of_the_applications_own_provider(start, monkeypatch):
    Found(monkeypatch, "https://evil.example")
    own = replace(ACME, name="acme.example", title="Acme")
    desk = start(control=FakeControl((own, GOOGLE)), organisations=lambda issuer: issuer)
    page = to_organisation(desk)
    page.do("find", text="acme.example")
    page.comes_to("access")
    assert desk.control.added == [("@acme.example", "https://evil.example")]


@pytest.mark.parametrize(
    ("text", "make", "words"),
    [
        ("nonsense", None, "Enter an email address"),
        ("example.com", lambda _issuer: None, "cannot be used with"),
        ("example.com", lambda _issuer: {}["settings of the application"], "cannot be used with"),
    ],
)
def test_what_is_no_organisation_is_said_beside_the_field(start, monkeypatch, text, make, words):
    Found(monkeypatch, "https://id.example.net")
    desk = start(organisations=make or (lambda issuer: issuer))
    page = to_organisation(desk)
    page.do("find", text=text)
    until(lambda: words in page.page, "it is said")
    assert page.step == "organisation"
    assert f'value="{text}"' in page.page
    assert desk.control.added == []


def test_where_no_organisation_is_asked_for_nobody_can_name_one(start):
    page = start().visit()
    page.do("go_on")
    assert "Another organization" not in page.page
    page.do("organisation")
    assert page.step == "choose"


# what is shown


def test_reasons_and_unknown_scopes_are_shown_as_they_are(start):
    choice = replace(GOOGLE, scopes=("openid", "urn:x:<b>"))
    desk = start(control=FakeControl((choice,)), reasons={"urn:x:<b>": "Because & why."})
    page = desk.visit()
    page.do("go_on")
    assert page.step == "access"  # there was nothing to choose
    assert "Know who you are" in page.page
    assert "urn:x:&lt;b&gt;" in page.page
    assert "Because &amp; why." in page.page
    assert "<b>" not in page.page


def test_the_application_makes_it_its_own(start):
    theme = Theme(
        accent="#0b7a75", logo=SVG, radius=3, words={"welcome_title": "Hello", "welcome": "<i>"}
    )
    page = start(theme=theme).visit()
    assert "#0b7a75" in page.page
    assert "--radius:3px" in page.page
    assert ">Hello</h1>" in page.page
    assert "&lt;i&gt;" in page.page
    reply, content = page.get("logo")
    assert content == SVG
    assert reply.getheader("Content-Type") == "image/svg+xml"
    assert "sandbox" in reply.getheader("Content-Security-Policy")


def test_marks_are_pictures_of_those_that_have_one(start):
    page = start().visit()
    page.do("go_on")
    assert 'src="mark-1"' in page.page
    assert page.get("mark-1")[0].getheader("Content-Type") == "image/svg+xml"
    for name in (
        "mark-0",
        "mark-2",
        "mark--1",
        "mark-x",
        "mark-",
        "logo",
        "mark-\u0661".encode().hex(),
    ):
        assert page.get(name)[0].status == 404


def test_a_page_may_load_nothing_but_itself_and_one_picture(start):
    ada = replace(ADA, picture="https://pictures.example:8443/ada.png")
    desk = start()
    page = to_sign_in(desk)
    policy = page.get()[0].getheader("Content-Security-Policy")
    assert "default-src 'none'" in policy
    assert policy.endswith("img-src 'self'")
    desk.control.end(ada)
    page.comes_to("confirm")
    policy = page.get()[0].getheader("Content-Security-Policy")
    assert policy.endswith("img-src 'self' https://pictures.example:8443")
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    "address",
    [
        "",
        "http://pictures.example/x",
        "https://a;script-src *",
        "https://a b/x",
        "https://*/x",
        "https://ada@pictures.example/x",
        "https://[",
        "data:image/png,x",
    ],
)
def test_a_picture_writes_no_rules_of_its_own(address):
    assert picture_origin(address) == ""


def test_the_page_speaks_the_language_of_the_person(start):
    page = start(control=FakeControl(texts=Texts("ar", "rtl"))).visit()
    assert '<html lang="ar" dir="rtl">' in page.page


def test_no_secret_is_in_what_is_seen_or_remembered(start):
    desk = start()
    page = to_sign_in(desk)
    desk.control.end(AuthenticationError("a message", hint="a fix"))
    page.comes_to("trouble")
    assert page.folder not in page.page
    assert page.cookie.partition("=")[2] not in page.page
    assert page.cookie.partition("=")[2] not in (desk.folder / NAME).read_text()


# where it is shown


def test_where_the_window_fails_the_browser_shows_the_same_pages(start, monkeypatch):
    opened = []
    monkeypatch.setattr(
        "pywry_auth.desktop.pages.stage.open_in_browser", lambda url: opened.append(url) or True
    )
    desk = start(window=FakeStaying(WindowError("no engine")))
    until(lambda: opened, "the browser opens")
    page = Visitor(opened[0])
    page.do("go_on")
    page.do("choose", provider="google")
    page.do("agree")
    until(lambda: desk.control.windows, "the sign-in begins")
    assert isinstance(desk.control.windows[0], BrowserWindow)
    desk.control.end(ADA)
    page.comes_to("confirm")
    page.do("confirm")
    page.do("finish")
    assert "You may close this page" in page.page  # the tab is not ours to close
    assert desk.result() == ADA


def test_where_nothing_can_be_shown_whoever_waits_is_told(start, monkeypatch):
    monkeypatch.setattr("pywry_auth.desktop.pages.stage.open_in_browser", lambda _url: False)
    desk = start(window=FakeStaying(WindowError("no engine")))
    with pytest.raises(WindowError, match="no engine"):
        desk.result()


def test_a_window_that_breaks_on_the_way_costs_no_step(start, monkeypatch):
    opened = []
    monkeypatch.setattr(
        "pywry_auth.desktop.pages.stage.open_in_browser", lambda url: opened.append(url) or True
    )
    desk = start()
    page = desk.visit()
    page.do("go_on")
    desk.window.listener.closed(WindowError("it broke"))
    until(lambda: opened, "the browser opens")
    assert Visitor(opened[0]).step == "choose"


def in_browser(start, monkeypatch, absence):
    monkeypatch.setattr("pywry_auth.desktop.wizard.first_run.ABSENCE", absence)
    opened = []
    monkeypatch.setattr(
        "pywry_auth.desktop.pages.stage.open_in_browser", lambda url: opened.append(url) or True
    )
    desk = start(window=FakeStaying(WindowError("no engine")))
    until(lambda: opened, "the browser opens")
    return desk, opened[0]


def test_a_tab_that_nobody_opens_is_not_waited_for_without_end(start, monkeypatch):
    desk, _ = in_browser(start, monkeypatch, 0.01)
    assert desk.result() is None


def test_a_tab_that_is_closed_ends_the_wait_and_costs_no_step(start, monkeypatch):
    desk, address = in_browser(start, monkeypatch, 3600.0)
    page = Visitor(address)
    client = http.client.HTTPConnection(page.authority, timeout=LIMIT)
    client.request("GET", f"{page.folder}news", headers={"Cookie": page.cookie})
    reply = client.getresponse()
    assert reply.read(5) == b"retry"
    page.do("go_on")
    page.do("choose", provider="google")
    monkeypatch.setattr("pywry_auth.desktop.wizard.first_run.ABSENCE", 0.01)
    assert not desk.running.done()
    reply.close()
    client.close()
    assert desk.result() is None
    assert desk.remembered == "access"


def test_a_window_whose_page_says_nothing_is_left_alone(start, monkeypatch):
    monkeypatch.setattr("pywry_auth.desktop.wizard.first_run.ABSENCE", 0.01)
    desk = start()
    page = desk.visit()
    page.do("go_on")
    until(lambda: page.step == "choose", "it goes on")
    assert not desk.running.done()


def test_what_breaks_before_the_first_page_takes_the_window_with_it(tmp_path, monkeypatch):
    def broken(_self):
        raise RuntimeError("a defect")

    monkeypatch.setattr("pywry_auth.desktop.wizard.memory.Memory.read", broken)
    window = FakeStaying()
    with pytest.raises(RuntimeError, match="a defect"):
        FirstRunWizard(FakeControl(), window=window, folder=tmp_path).run()
    assert window.closed


def test_the_result_is_told_to_who_does_not_wait(tmp_path):
    told, control, window = [], FakeControl(), FakeStaying()
    FirstRunWizard(control, window=window, folder=tmp_path).begin(told.append)
    page = Visitor(window.address())
    page.do("cancel")
    until(lambda: told == [None], "it is told")


def test_a_wait_on_a_loop_that_is_cancelled_takes_the_wizard_away(tmp_path):
    window = FakeStaying()
    wizard = FirstRunWizard(FakeControl(), window=window, folder=tmp_path)

    async def give_up():
        waiting = asyncio.ensure_future(wizard.arun())
        await asyncio.to_thread(window.address)
        await asyncio.to_thread(lambda: Visitor(window.url).step)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting

    asyncio.run(give_up())
    assert window.closed


def test_nobody_waits_for_it_on_the_packages_own_loop(tmp_path):
    wizard = FirstRunWizard(FakeControl(), window=FakeStaying(), folder=tmp_path)

    async def wrong():
        wizard.run()

    with pytest.raises(AuthenticationError, match="wait for itself"):
        LOOP.run(wrong())


@pytest.mark.parametrize(
    "wrong", [{"window": "nothing"}, {"theme": Theme(logo=b"x")}], ids=["window", "logo"]
)
def test_what_cannot_be_is_told_where_it_is_given(tmp_path, wrong):
    with pytest.raises(ConfigError):
        FirstRunWizard(FakeControl(), folder=tmp_path, **wrong)
