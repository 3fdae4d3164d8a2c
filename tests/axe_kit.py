"""
Whether people who see, hear or move in other ways can use a page, judged by axe-core in Chromium.

    with chromium() as browser:
        for scheme, view in product(SCHEMES, VIEWS):
            with tab(browser, scheme=scheme, view=view) as page:
                show(page, pages.fill("picker", values))     # or page.goto(url)
                assert violations(page) == []
                assert not scrolls_sideways(page)

Chromium itself puts axe into the page, so that the page keeps the policy it is served under.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

from pywry_auth.ui.pages import Page


sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

AXE = Path(__file__).parent / "idp" / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = Path("/usr/bin/chromium")
ORIGIN = "http://127.0.0.1:9/"  # never reached: what is shown there is put in its place

SCHEMES = ("light", "dark")
#: name -> width, height in CSS pixels, and how many pixels of the screen one of them is
VIEWS = {
    "usual": (1280, 800, 1),
    "zoomed": (640, 400, 2),  # the same screen at 200 %: WCAG 2.2, 1.4.4
    "narrow": (320, 256, 1),  # WCAG 2.2, 1.4.10: 1280 x 1024 at 400 %
    "window": (360, 520, 1),  # a small window of a desktop
}

_RUN = """axe.run({
  resultTypes: ['violations', 'incomplete'],
  rules: {'target-size': {enabled: true}, 'color-contrast-enhanced': {enabled: false}},
}).then(found => JSON.stringify({
  violations: found.violations.flatMap(rule => rule.nodes.map(node =>
    `${rule.id}: ${node.target.join(' ')}: ${node.failureSummary}`)),
  incomplete: found.incomplete.filter(rule => rule.id === 'color-contrast').flatMap(rule =>
    rule.nodes.map(node => `${rule.id}: ${node.target.join(' ')}: ${node.failureSummary}`)),
  passes: found.passes.length,
}))"""


def missing() -> str:
    """Say what is missing here, or nothing."""
    wanted = [path for path in (AXE, CHROMIUM) if not path.exists()]
    return f"{wanted[0].name} is not installed" if wanted else ""


@contextmanager
def chromium() -> Iterator["sync_api.Browser"]:
    """Start one browser, for as many tabs as needed."""
    flags = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=flags)
        yield browser
        browser.close()


@contextmanager
def tab(
    browser: "sync_api.Browser",
    *,
    scheme: str = "light",
    view: str = "usual",
    contrast: bool = False,
) -> Iterator["sync_api.Page"]:
    """Open a tab as one person sees it; *contrast* for the colours of a high-contrast theme."""
    width, height, scale = VIEWS[view]
    context = browser.new_context(
        color_scheme=scheme,
        viewport={"width": width, "height": height},
        device_scale_factor=scale,
        reduced_motion="reduce",
        forced_colors="active" if contrast else "none",
    )
    yield context.new_page()
    context.close()


def show(page: "sync_api.Page", shown: Page) -> None:
    """Let the tab show *shown* under its own policy; nothing else is there for it to load."""

    def answer(route: "sync_api.Route") -> None:
        if route.request.is_navigation_request():
            route.fulfill(
                body=shown.body,
                content_type="text/html; charset=utf-8",
                headers={"Content-Security-Policy": shown.policy},
            )
        else:
            route.abort()

    page.unroute_all()
    page.route("**/*", answer)
    page.goto(ORIGIN)


def violations(page: "sync_api.Page") -> list[str]:
    """Give what axe finds wrong, with the contrasts it could not judge: none is what we want."""
    session = page.context.new_cdp_session(page)
    sources = (_RUN,) if page.evaluate("() => 'axe' in window") else (_axe(), _RUN)
    for source in sources:
        told = session.send(
            "Runtime.evaluate",
            {"expression": source, "awaitPromise": True, "returnByValue": True},
        )
        assert "exceptionDetails" not in told, told
    session.detach()
    found = json.loads(told["result"]["value"])
    assert found["passes"] > 5, "axe has looked at nothing"
    return [*found["violations"], *found["incomplete"]]


def looked_at(page: "sync_api.Page", *, scheme: str, view: str) -> None:
    """Let the same document be seen another way, without loading it again."""
    width, height, _scale = VIEWS[view]
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": height})


def scrolls_sideways(page: "sync_api.Page") -> bool:
    """Tell whether the page is wider than its window."""
    return page.evaluate("() => document.documentElement.scrollWidth > window.innerWidth")


@cache
def _axe() -> str:
    return f"{AXE.read_text('utf-8')};0"
