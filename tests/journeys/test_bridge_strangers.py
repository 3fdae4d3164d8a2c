"""Pages that are not the application's, in its window: the button's bridge does not hear them."""

import time
from collections.abc import Iterator

import pytest

from tests.journeys.bridge_kit import PRESS, ROOT, Application, BridgeSite
from tests.screen import missing_tools, until


pytestmark = [
    pytest.mark.window,
    pytest.mark.skipif(bool(missing_tools()), reason=f"not installed: {missing_tools()}"),
]

# How a page would speak that had caught the word of another load.
SPEAKS = "window.pywebview.state.pywry_auth = %r + ' 99 sign_in Z2l0aHVi'; 'said'"
# The word of this load, taken where the application's own page could take it.
CATCH = (
    "(() => { const real = window.pywebview.state; let said = ''; window.pywebview.state ="
    " new Proxy({}, {set: (_, key, value) => { said = value; real[key] = value; return true; }});"
    " window.word = () => said.split(' ')[0]; return 'ok'; })()"
)


@pytest.fixture
def site() -> Iterator[BridgeSite]:
    with BridgeSite() as site:
        yield site


def report(site):
    until(lambda: bool(site.reports), "the stranger reports")
    return site.reports.pop()


def still_alive(app):
    """The button works, so that silence before was a refusal."""
    app.shows("signed_out")
    app.js(PRESS)
    app.shows("opening")


def test_a_frame_of_another_origin_can_press_nothing(screen, site, gui):
    with Application(screen, gui, url=site.url("/framed")) as app:
        app.shows("signed_out")
        found = report(site)
        assert found["parent_reads"] == "refused"
        assert found["way"] == {"gtk": "webkit", "qt": "none"}[gui]  # GTK lets frames speak
        assert app.asked() == []
        still_alive(app)


def test_a_page_the_window_went_to_can_press_nothing(screen, site, gui):
    with Application(screen, gui, url=site.url("/notes")) as app:
        app.shows("signed_out")
        app.js(f"location.href = {site.foreign('/evil')!r}; 'gone'")
        found = report(site)
        assert found["way"] != "none"
        assert app.ask("url") == site.foreign("/evil")
        assert app.asked() == []
        assert app.js("typeof customElements.get('pywry-sign-in')") == "undefined"
        app.ask("load", url=site.url("/notes"))
        still_alive(app)


def test_a_page_that_has_not_ended_to_load_can_neither_hear_nor_speak(screen, site, gui):
    with Application(screen, gui, url=site.url("/notes")) as app:
        app.shows("signed_out")
        app.js(CATCH)
        app.js(PRESS)
        app.shows("opening")
        word = app.js("window.word()")
        app.ask("state", state="signed_out")
        app.shows("signed_out")
        app.js(f"location.href = {site.foreign('/slow#' + word)!r}; 'gone'")
        until(lambda: {"spoke": {"qt": "qt", "gtk": "webkit"}[gui]} in site.reports, "it speaks")
        app.ask("state", state="signed_in", account="ada")
        app.js("fetch('/report?after=yes'); 'ok'")
        until(lambda: {"after": "yes"} in site.reports, "whatever was said before has come")
        assert [each for each in site.reports if "trap" in each] == []
        assert app.asked() == [["sign_in", "github"]]


def test_a_word_caught_in_one_load_is_worth_nothing_in_the_next(screen, site, gui):
    with Application(screen, gui, url=site.url("/notes")) as app:
        app.shows("signed_out")
        app.js(CATCH)
        app.js(PRESS)
        app.shows("opening")
        word = app.js("window.word()")
        assert len(word) > 20
        app.js(f"location.href = {site.foreign('/form')!r}; 'gone'")
        until(lambda: app.ask("url") == site.foreign("/form"), "it is elsewhere")
        until(lambda: app.js("typeof (window.pywebview || {}).state") == "object", "it can speak")
        app.ask("state", state="signed_out")
        before = app.asked()
        assert app.js(SPEAKS % word) == "said"
        app.ask("load", url=site.url("/notes"))
        app.shows("signed_out")
        assert app.js(SPEAKS % word) == "said"
        assert app.asked() == before
        still_alive(app)


def test_the_word_of_this_load_counts_at_home(screen, site, gui):
    # Or the tests before this one would prove nothing.
    with Application(screen, gui, url=site.url("/notes")) as app:
        app.shows("signed_out")
        app.js(CATCH)
        app.js(PRESS)
        app.shows("opening")
        word = app.js("window.word()")
        app.ask("state", state="signed_out")
        app.shows("signed_out")
        assert app.js(SPEAKS % word) == "said"
        app.shows("opening")


def test_words_outside_the_list_are_nothing(screen, site, gui):
    with Application(screen, gui, url=site.url("/notes")) as app:
        app.shows("signed_out")
        app.js(CATCH)
        app.js(PRESS)
        app.shows("opening")
        app.ask("state", state="signed_out")
        app.shows("signed_out")
        before = app.asked()
        app.js(
            "['get_access_token', 'sign_out', 'manage', 'switch', '__proto__', 'cancel', ''].map("
            "(verb, n) => { window.pywebview.state.pywry_auth ="
            " window.word() + ' ' + (n + 50) + ' ' + verb + ' '; }); 'ok'"
        )
        app.js("1")
        assert app.asked() == before
        still_alive(app)


@pytest.mark.parametrize("page", ["/frame?flood", "/evil?flood"])
def test_ten_thousand_guesses_leave_the_application_alive(screen, site, gui, page):
    with Application(screen, gui, url=site.url("/notes")) as app:
        app.shows("signed_out")
        app.js(f"location.href = {site.foreign(page)!r}; 'gone'")
        report(site)
        app.ask("load", url=site.url("/notes"))
        app.shows("signed_out")
        assert app.asked() == []
        until(lambda: len(app.ask("threads")) < 30, "the threads of the flood have ended")
        still_alive(app)


def test_ten_thousand_presses_of_the_own_page_are_as_few_as_a_person_makes(screen, site, gui):
    with Application(screen, gui, url=site.url("/notes")) as app:
        app.shows("signed_out")
        app.js(CATCH)
        app.js(PRESS)
        app.shows("opening")
        app.ask("state", state="waiting")
        app.shows("waiting")
        began = time.monotonic()
        app.js(
            "for (let i = 0; i < 10000; i += 1) window.pywebview.state.pywry_auth ="
            " window.word() + ' ' + (i + 50) + ' open_again '; 'ok'"
        )
        until(lambda: app.ask("heard") > 10_000, "every press has come")
        cancel = f"{ROOT}.querySelector('[data-verb=cancel]')?.click(); 'ok'"
        until(lambda: app.js(cancel) and ["cancel", None] in app.asked(), "a person is heard again")
        pressed = [each for each in app.asked() if each[0] == "open_again"]
        assert 0 < len(pressed) <= 12 + (time.monotonic() - began) / 0.25 + 1


def test_what_a_stranger_left_in_the_shared_state_does_not_run_at_home(screen, site, gui):
    poison = '"\'; window.poisoned = location.origin; //"'
    with Application(screen, gui, url=site.url("/notes")) as app:
        app.shows("signed_out")
        app.js(f"location.href = {site.foreign('/form')!r}; 'gone'")
        until(lambda: app.ask("url") == site.foreign("/form"), "it is elsewhere")
        until(lambda: app.js("typeof (window.pywebview || {}).state") == "object", "it can speak")
        app.js(f"window.pywebview.state.gift = {poison}; 'left'")
        until(lambda: "gift" in app.ask("shared"), "the application has it")
        app.ask("load", url=site.url("/notes"))
        app.shows("signed_out")
        assert app.js("String(window.poisoned)") == "undefined"
        assert "poisoned" in app.ask("shared")["gift"]  # nothing of the application's is lost


def test_only_named_origins_have_a_button(screen, site, gui):
    origins = [site.foreign("")]
    with Application(screen, gui, url=site.url("/notes"), origins=origins) as app:
        until(lambda: app.js("document.readyState") == "complete", "the page is there")
        until(lambda: "/notes" in site.visits, "the page is there")
        assert app.js("typeof customElements.get('pywry-sign-in')") == "undefined"
        app.ask("load", url=site.foreign("/notes"))
        app.shows("signed_out")
