"""Every page, for people who see, hear or move in other ways, in four languages."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from itertools import product
from pathlib import Path

import pytest

from pywry_auth.callback_server.device_page import DevicePage
from pywry_auth.callback_server.listener import CallbackListener
from pywry_auth.callback_server.outcome import Outcome
from pywry_auth.callback_server.replies import SIGN_OUT, Replies
from pywry_auth.callback_server.wire import Limits, Reply
from pywry_auth.protocol.device import DevicePrompt
from pywry_auth.runtime import LOOP
from pywry_auth.testing.clock import VirtualClock
from pywry_auth.ui.assets import asset
from pywry_auth.ui.pages import Page
from pywry_auth.ui.texts import texts_for
from tests import axe_kit


sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

LANGUAGES = ("en", "de", "ja", "ar")
CLOCK = VirtualClock()
PLACE = "https://id.example.com/device"
DEADLINE = 15_000  # milliseconds for a real browser on a busy machine

pytestmark = pytest.mark.skipif(bool(axe_kit.missing()), reason=axe_kit.missing())


@pytest.fixture(scope="module")
def chromium() -> Iterator["sync_api.Browser"]:
    with axe_kit.chromium() as browser:
        yield browser


def _nobody() -> None:
    """Nobody needs to know."""


def _sign_in(language: str) -> dict[str, Reply]:
    replies = Replies("Ledger", texts=texts_for(language))
    return {
        "success": replies.outcome(Outcome.success(), _nobody),
        "failure": replies.outcome(Outcome.failure(), _nobody),
        "received": replies.outcome(Outcome.received(), _nobody),
        "finishing": replies.finishing(),
        "waiting": replies.waiting(),
        "refused": replies.refused(),
        "missing": replies.missing(),
        "unusable": replies.unusable(HTTPStatus.BAD_REQUEST),
    }


def _sign_out(language: str) -> dict[str, Reply]:
    replies = Replies("", SIGN_OUT, texts=texts_for(language))
    return {
        "signed-out": replies.outcome(Outcome.success(), _nobody),
        "signed-out-here": replies.refused(),
        "signing-out": replies.waiting(),
    }


@contextmanager
def _device(language: str) -> Iterator[str]:
    page = DevicePage("Ledger", clock=CLOCK, texts=texts_for(language))

    async def close() -> None:
        page.close()

    url = LOOP.run(page.start())
    prompt = DevicePrompt("WDJB-MJHT", PLACE, f"{PLACE}?user_code=WDJB-MJHT", CLOCK.now() + 599)
    LOOP.call_soon(lambda: page.show(prompt))
    yield url
    LOOP.run(close())


def _judge(page: "sync_api.Page", name: str) -> list[str]:
    """Look at one page in every way, and say what is wrong."""
    shots = os.environ.get("PYWRY_AUTH_SHOTS")  # a folder, for whoever wants to look as well
    wrong: list[str] = []
    for scheme, view in product(axe_kit.SCHEMES, ("usual", "zoomed", "narrow")):
        axe_kit.looked_at(page, scheme=scheme, view=view)
        if view != "narrow":
            wrong += [f"{name}, {scheme}, {view}: {why}" for why in axe_kit.violations(page)]
        if axe_kit.scrolls_sideways(page):
            wrong.append(f"{name}, {scheme}, {view}: scrolls sideways")
        if shots:
            Path(shots).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=Path(shots) / f"{name}-{scheme}-{view}.png", full_page=True)
    return wrong


@pytest.mark.parametrize("language", LANGUAGES)
def test_everybody_can_use_every_page(chromium: "sync_api.Browser", language: str) -> None:
    wrong: list[str] = []
    with axe_kit.tab(chromium) as page:
        for name, reply in (_sign_in(language) | _sign_out(language)).items():
            policy = reply.headers["Content-Security-Policy"]
            axe_kit.show(page, Page(reply.body, policy))
            assert page.evaluate("() => document.documentElement.lang") == language
            wrong += _judge(page, f"{name}-{language}")
        page.unroute_all()
        with _device(language) as url:
            page.goto(url)
            wrong += _judge(page, f"device-{language}")

    assert wrong == []


def test_no_page_is_left_out() -> None:
    there = {path.stem for path in asset("pages/success.html").parent.glob("*.html")}

    assert there == {*_sign_in("en"), *_sign_out("en"), "device"}


def test_everybody_can_use_every_page_in_high_contrast(chromium: "sync_api.Browser") -> None:
    wrong: list[str] = []
    with axe_kit.tab(chromium, contrast=True) as page, _device("en") as url:
        page.goto(url)
        wrong += _judge(page, "device-contrast")
        for name, reply in (_sign_in("en") | _sign_out("en")).items():
            axe_kit.show(page, Page(reply.body, reply.headers["Content-Security-Policy"]))
            wrong += axe_kit.violations(page)
            edge, text = page.evaluate(
                "() => [getComputedStyle(document.querySelector('.mark')).borderTopColor,"
                " getComputedStyle(document.body).color]"
            )
            assert edge == text, name

    assert wrong == []


FAULTS = {
    "html-has-lang": "<!doctype html><title>a</title><main><h1>a</h1></main>",
    "color-contrast": (
        '<!doctype html><html lang=en><title>a</title><main><h1 id="h">a</h1></main>'
        "<style>h1 { color: #999; background: #fff }</style>"
    ),
    "button-name": "<!doctype html><html lang=en><title>a</title><main><h1>a</h1><button></button>",
    "target-size": (
        "<!doctype html><html lang=en><title>a</title><main><h1>a</h1>"
        "<button>x</button><button>y</button></main>"
        "<style>button { font-size: 8px; padding: 0; border: 0; width: 9px; height: 9px }</style>"
    ),
}


@pytest.mark.parametrize("rule", FAULTS)
def test_a_page_that_shuts_people_out_is_seen(chromium: "sync_api.Browser", rule: str) -> None:
    with axe_kit.tab(chromium) as page:
        axe_kit.show(page, Page(FAULTS[rule].encode(), "style-src 'unsafe-inline'"))

        assert rule in {why.partition(":")[0] for why in axe_kit.violations(page)}


def test_a_page_that_is_too_wide_is_seen(chromium: "sync_api.Browser") -> None:
    wide = b"<!doctype html><title>a</title><style>p { width: 40rem }</style><p>a"
    with axe_kit.tab(chromium, view="narrow") as page:
        axe_kit.show(page, Page(wide, "style-src 'unsafe-inline'"))

        assert axe_kit.scrolls_sideways(page)


@pytest.mark.parametrize("contrast", [False, True])
@pytest.mark.parametrize("scheme", axe_kit.SCHEMES)
def test_the_keyboard_reaches_everything_and_shows_where_it_is(
    chromium: "sync_api.Browser", scheme: str, *, contrast: bool
) -> None:
    with (
        axe_kit.tab(chromium, scheme=scheme, contrast=contrast) as page,
        _device("en") as url,
    ):
        page.goto(url)
        page.wait_for_function("() => !document.getElementById('copy').hidden")
        reached: list[str] = []
        for _ in range(2):
            page.keyboard.press("Tab")
            reached.append(page.evaluate("() => document.activeElement.tagName"))
            style, width = page.evaluate(
                "() => { const s = getComputedStyle(document.activeElement);"
                " return [s.outlineStyle, parseFloat(s.outlineWidth)]; }"
            )
            assert style != "none"
            assert width >= 2

        assert reached == ["A", "BUTTON"]


@pytest.mark.parametrize(("motion", "moves"), [("reduce", False), ("no-preference", True)])
def test_nothing_moves_for_those_who_do_not_want_it(
    chromium: "sync_api.Browser", motion: str, *, moves: bool
) -> None:
    with axe_kit.tab(chromium) as page:
        page.emulate_media(reduced_motion=motion)
        for reply in _sign_in("en").values():
            axe_kit.show(page, Page(reply.body, reply.headers["Content-Security-Policy"]))
            moving = page.evaluate("() => document.getAnimations().length > 0")
            assert moving is moves


@contextmanager
def _finishing(page: "sync_api.Page", limits: Limits) -> Iterator[CallbackListener]:
    listener = CallbackListener(accepts=lambda params: params.state == "ours", limits=limits)

    async def close() -> None:
        listener.close()

    page.goto(f"{LOOP.run(listener.start())}?code=c&state=ours")
    page.get_by_role("heading", name="Finishing your sign-in").wait_for(timeout=DEADLINE)
    yield listener
    LOOP.run(close())


def test_a_page_that_waits_is_read_out_once_and_then_the_end(chromium: "sync_api.Browser") -> None:
    with axe_kit.tab(chromium) as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
        with _finishing(page, Limits(hold_seconds=0.01, hold_again_seconds=0.05)) as listener:
            page.evaluate("() => { window.same = true; }")
            while asked.count("done?news") < 5:
                page.wait_for_event("request", timeout=DEADLINE)
            assert page.evaluate("() => window.same") is True
            assert page.evaluate("() => document.activeElement.tagName") == "H1"

            LOOP.call_soon(lambda: listener.settle(Outcome.success()))

            page.get_by_role("heading", name="You are signed in").wait_for(timeout=DEADLINE)
            LOOP.submit(listener.linger()).result(DEADLINE / 1000)


def test_a_page_whose_application_is_gone_says_so(chromium: "sync_api.Browser") -> None:
    with axe_kit.tab(chromium) as page:
        with _finishing(page, Limits(hold_seconds=0.01)):
            pass
        status = page.get_by_role("status")

        sync_api.expect(status).to_contain_text("is not waiting any more", timeout=DEADLINE)
        assert axe_kit.violations(page) == []


def test_a_code_whose_application_is_gone_says_so(chromium: "sync_api.Browser") -> None:
    with axe_kit.tab(chromium) as page:
        with _device("de") as url:
            page.goto(url)
        status = page.get_by_role("status").filter(has_text="Anwendung")

        sync_api.expect(status).to_contain_text("wartet nicht mehr", timeout=DEADLINE)
        assert axe_kit.violations(page) == []
