"""The sign-in button in the page of a real application's window."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.bridge_kit import PAGE, PRESS, ROOT, Application, BridgeSite
from tests.screen import missing_tools, until


pytestmark = [
    pytest.mark.window,
    pytest.mark.skipif(bool(missing_tools()), reason=f"not installed: {missing_tools()}"),
]


@pytest.fixture
def site() -> Iterator[BridgeSite]:
    with BridgeSite() as site:
        yield site


@pytest.mark.parametrize("page", ["/notes", "/strict", "/included"])
def test_a_sign_in_is_pressed_seen_and_cancelled(screen, site, gui, page):
    with Application(screen, gui, url=site.url(page)) as app:
        app.shows("signed_out")
        app.js(PRESS)
        app.shows("opening")
        assert app.asked() == [["sign_in", "github"]]
        app.ask("state", state="waiting")
        app.shows("waiting")
        app.js(f"{ROOT}.querySelector('[data-verb=cancel]').click(); 'ok'")
        app.shows("signed_out")
        assert app.asked()[1:] == [["cancel", None]]
        app.ask("state", state="signed_in", account="ada")
        app.shows("signed_in")
        assert app.js(f"{ROOT}.querySelector('.label').textContent") == "Ada Lovelace"
        assert app.js("getComputedStyle(" + ROOT + ".querySelector('.main')).display") in {
            "flex",
            "inline-flex",
        }
        assert app.close() == {"closed": [], "watched": 0}


def test_keys_alone_are_enough(screen, site, gui):
    with Application(screen, gui, url=site.url("/notes"), two=True, manage=True) as app:
        app.shows("signed_out")
        screen.click(app.window(), -20, -20)  # into the page, beside everything
        screen.press("Tab", "space")  # the menu of the two providers
        expanded = f"{ROOT}.querySelector('.main').getAttribute('aria-expanded')"
        until(lambda: app.js(expanded) == "true", "the menu opens")
        screen.press("Down", "Return")
        app.shows("opening")
        assert app.asked() == [["sign_in", "github"]]
        app.ask("state", state="signed_in", account="ada")
        app.shows("signed_in")
        screen.press("Down")  # the focus is still on the button
        until(lambda: app.js(expanded) == "true", "the menu opens again")
        screen.press("m", "Return")  # Manage accounts, by its letter
        until(lambda: app.ask("calls")[1] == ["manage"], "the application's own place opens")
        screen.press("Up")
        until(lambda: app.js(expanded) == "true", "the menu opens from its end")
        screen.press("Return")
        until(lambda: app.asked()[-1] == ["sign_out", "google/1"], "the person is signed out")
        app.shows("signed_out")


def test_a_page_given_as_a_string_has_a_button_too(screen, gui):
    with Application(screen, gui, html=PAGE) as app:
        app.shows("signed_out")
        app.js(PRESS)
        app.shows("opening")
        app.ask("html", html=PAGE.replace("Notes", "Other"))
        app.shows("opening")
        app.js(f"{ROOT}.querySelector('[data-verb=cancel]').click(); 'ok'")
        app.shows("signed_out")


@pytest.mark.parametrize("as_address", [str, Path.as_uri], ids=["served by pywebview", "file"])
def test_a_page_from_the_disk_has_a_button_too(screen, gui, tmp_path, as_address):
    page = tmp_path / "index.html"
    page.write_text(PAGE, encoding="utf-8")
    with Application(screen, gui, url=as_address(page)) as app:
        app.shows("signed_out")
        app.js(PRESS)
        app.shows("opening")
        assert app.asked() == [["sign_in", "github"]]


def test_what_the_application_offers_itself_stays_as_it_is(screen, site, gui):
    with Application(screen, gui, url=site.url("/notes"), api=True) as app:
        app.shows("signed_out")
        app.js(
            "window.pywebview.api.greet('Ada').then((text) => { window.heard = text; });"
            "window.pywebview.api.add(2, 3).then((sum) => { window.sum = sum; }); 'ok'"
        )
        until(lambda: app.js("window.heard + ' ' + window.sum") == "Hello Ada 5", "it answers")
        assert app.js("Object.keys(window.pywebview.api).sort().join()") == "add,greet"
        app.js("window.pywebview.state.theme = 'dark'; 'ok'")
        until(lambda: ["change", "theme", "dark"] in app.ask("calls")[2], "its state is told")
        app.js(PRESS)
        app.shows("opening")
        assert app.ask("shared") == {"theme": "dark"}
        app.js("window.pywebview.api.greet('Bob').then((text) => { window.heard = text; }); 'ok'")
        until(lambda: app.js("window.heard") == "Hello Bob", "it answers still")


def test_the_bridge_may_come_late_and_go_early(screen, site, gui):
    with Application(screen, gui, url=site.url("/notes"), late=True) as app:
        until(lambda: app.js("document.readyState") == "complete", "the page is there")
        app.ask("connect")
        app.shows("signed_out")
        app.ask("disconnect")
        app.js(PRESS)
        app.ask("state", state="signed_in", account="ada")
        app.js("1")
        assert app.asked() == []
        assert app.js("document.querySelector('pywry-sign-in').dataset.state") == "signed_out"
        until(lambda: "pywry-auth-bridge" not in app.ask("threads"), "its thread ends")
        assert app.ask("watched") == 0


def test_each_load_of_the_page_is_spoken_to(screen, site, gui):
    with Application(screen, gui, url=site.url("/notes")) as app:
        app.shows("signed_out")
        app.ask("state", state="signed_in", account="ada")
        app.shows("signed_in")
        app.js("location.reload(); 'ok'")
        until(lambda: len(site.visits) >= 2, "it is loaded again")
        app.shows("signed_in")
        app.ask("load", url=site.url("/strict"))
        until(lambda: "/strict" in site.visits, "another page of it is loaded")
        app.shows("signed_in")


def test_closing_the_window_amid_changes_holds_nobody_up(screen, site, gui):
    # The engine never answers a call that is under way at that very moment; its thread is a daemon.
    with Application(screen, gui, url=site.url("/notes")) as app:
        app.shows("signed_out")
        app.ask("storm", seconds=5)
        app.shows("signed_in")
        end = app.close()
        assert end["watched"] == 0
        assert end["closed"] in ([], ["pywry-auth-bridge-call"])


def test_second_windows_come_and_go(screen, site, gui):
    # With PySide6 a closed window that is forgotten on another thread ends the program.
    with Application(screen, gui, url=site.url("/notes")) as app:
        app.shows("signed_out")
        for _ in range(3):
            assert app.ask("second", html=PAGE) == ["signed_out", 1]
        app.js(PRESS)
        app.shows("opening")
        assert app.close() == {"closed": [], "watched": 0}
