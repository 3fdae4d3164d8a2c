"""The pages about accounts as people use them, in a real browser."""

import re
import threading
from concurrent.futures import TimeoutError as NotYet

import pytest
from fakes.accounts import EVERYBODY, NOW, YUKI, FakeAccounts
from fakes.desktop import ADA, BOB, NAMELESS

from pywry_auth.account_index import Account
from pywry_auth.desktop.accounts_page.desk import Purpose, Verb, ident
from pywry_auth.desktop.panic import AccountEnd, Remainder, Revocation
from pywry_auth.errors import AuthFlowTimeout, StoreError
from pywry_auth.runtime import LOOP
from pywry_auth.ui.texts import Texts
from pywry_auth.window.base import WindowKind
from tests import axe_kit
from tests.journeys.accounts_kit import visited
from tests.screen import until
from tests.unit.test_picture_format import gif


pytestmark = pytest.mark.skipif(bool(axe_kit.missing()), reason=axe_kit.missing())

SCREENS = ("accounts", "providers", "sign_out", "sign_out_all", "panic", "ending", "ended")
#: a page as tall as it needs, so that nothing covers anything and every contrast can be judged
TALL = {"width": 900, "height": 3000}
COVERED = re.compile("overlapped|obscured|too short")


@pytest.fixture(scope="module")
def browser():
    with axe_kit.chromium() as found:
        yield found


@pytest.fixture
def control():
    found = FakeAccounts()
    found.signed_in(ADA)
    found.asked.clear()
    return found


def on(page, screen):
    page.wait_for_selector(f'main[data-screen="{screen}"]')


def opened(page, window, screen="accounts"):
    page.goto(window.url)
    on(page, screen)


def chosen(visit, within=10):
    return visit.outcome.result(within)


def selected(page):
    return page.get_attribute('[aria-selected="true"]', "data-name")


def focused(page):
    return page.evaluate("document.activeElement.id || document.activeElement.className")


# --- choosing ------------------------------------------------------------------------------------


def test_a_person_chooses_with_the_keyboard_alone(browser, control):
    with visited(control, Purpose.CHOOSE) as (visit, window), axe_kit.tab(browser) as page:
        opened(page, window)
        assert focused(page) == "people"
        assert selected(page) == "Ada Lovelace"
        for key, name in (
            ("ArrowDown", "Bob"),
            ("End", "0f3c"),
            ("ArrowDown", "0f3c"),
            ("Home", "Ada Lovelace"),
            ("ArrowUp", "Ada Lovelace"),
            ("b", "Bob"),
        ):
            page.keyboard.press(key)
            assert selected(page) == name
            assert page.get_attribute(".people", "aria-activedescendant") == page.get_attribute(
                '[aria-selected="true"]', "id"
            )
        page.keyboard.press("Enter")
        assert chosen(visit) == BOB
        on(page, "left")
    assert control.asked[0] == ("switch", BOB.key)
    assert control.window.kind is WindowKind.WEBVIEW


def test_a_double_click_chooses_and_a_click_only_selects(browser, control):
    with visited(control, Purpose.CHOOSE) as (visit, window), axe_kit.tab(browser) as page:
        opened(page, window)
        page.click("text=Bob")
        assert selected(page) == "Bob"
        with pytest.raises(NotYet):
            chosen(visit, 0)
        page.dblclick("text=0f3c")
        assert chosen(visit) == NAMELESS


def test_everything_known_of_an_account_is_said(browser, control):
    with visited(control, Purpose.CHOOSE) as (_, window), axe_kit.tab(browser) as page:
        opened(page, window)
        said = page.inner_text(f"#option-{ident(ADA)}")
        for words in ("Ada Lovelace", "ada@example.test", "Google", "In use", "Nov 14, 2023"):
            assert words in said
        assert "ago" in said or "in " in said
        again = page.inner_text(f"#option-{ident(YUKI)}")
        assert "Sign in again" in again
        assert "refreshed" not in again


def test_escape_leaves_everything_as_it_was(browser, control):
    with visited(control, Purpose.CHOOSE) as (visit, window), axe_kit.tab(browser) as page:
        opened(page, window)
        page.keyboard.press("Escape")
        assert chosen(visit) is None
        on(page, "left")
    assert control.asked == []


def test_a_closed_window_is_no_choice(control):
    with visited(control, Purpose.CHOOSE) as (visit, window):
        window.listener.closed(None)
        assert chosen(visit) is None


def test_another_account_is_added_and_is_the_choice(browser, control):
    with visited(control, Purpose.CHOOSE) as (visit, window), axe_kit.tab(browser) as page:
        opened(page, window)
        page.click("text=Add an account")
        on(page, "providers")
        control.hold.clear()
        page.click("text=GitHub")
        on(page, "signing_in")
        control.at_the_provider(WindowKind.BROWSER)
        page.wait_for_selector("text=Finish in your browser")
        page.click("text=Open the page again")
        until(lambda: ("open_again", None) in control.asked, "the page is shown again")
        control.hold.set()
        assert chosen(visit).name == "Neo"
    assert [verb for verb, _ in control.asked] == ["add", "open_again"]


def test_a_sign_in_can_be_given_up_without_losing_the_picker(browser, control):
    with visited(control, Purpose.CHOOSE) as (visit, window), axe_kit.tab(browser) as page:
        opened(page, window)
        control.hold.clear()
        page.keyboard.press("Enter")
        on(page, "signing_in")
        page.keyboard.press("Escape")
        on(page, "accounts")
        assert page.query_selector(".trouble") is None
        with pytest.raises(NotYet):
            chosen(visit, 0)
    assert ("cancel", None) in control.asked


def test_what_went_wrong_is_said_in_words(browser, control):
    with visited(control, Purpose.CHOOSE) as (_, window), axe_kit.tab(browser) as page:
        opened(page, window)
        control.error = AuthFlowTimeout(timeout=5.0)
        page.keyboard.press("Enter")
        said = page.wait_for_selector(".trouble").inner_text()
        assert said
        assert "AuthFlowTimeout" not in said
        assert page.get_attribute(".trouble", "role") == "alert"


def test_one_is_signed_out_after_a_question_and_the_next_is_there(browser, control):
    with visited(control, Purpose.CHOOSE) as (_, window), axe_kit.tab(browser) as page:
        opened(page, window)
        page.keyboard.press("ArrowDown")
        named = page.evaluate(
            "document.getElementById('out').getAttribute('aria-labelledby').split(' ')"
            ".map(id => document.getElementById(id).textContent).join(' ')"
        )
        assert named == "Sign out Bob"
        page.keyboard.press("Delete")
        on(page, "sign_out")
        assert "Bob" in page.inner_text("h1")
        page.keyboard.press("Enter")  # the heading has the focus, no button
        page.keyboard.press("Escape")
        on(page, "accounts")
        assert control.asked == []
        page.keyboard.press("Home")
        page.keyboard.press("b")
        page.keyboard.press("Delete")
        on(page, "sign_out")
        page.click('[data-verb="confirm"]')
        on(page, "accounts")
        assert "Bob" not in page.inner_text("main")
    assert control.asked == [("sign_out", BOB.key)]


def test_nobody_signed_in_is_a_way_to_sign_in(browser):
    control = FakeAccounts(())
    control.providers = control.providers[:1]
    with visited(control, Purpose.CHOOSE) as (visit, window), axe_kit.tab(browser) as page:
        opened(page, window)
        assert "Nobody is signed in" in page.inner_text("main")
        page.keyboard.press("Enter")
        assert chosen(visit).name == "Neo"
    assert control.asked == [("add", "google")]


def test_a_locked_keyring_shows_the_accounts_and_says_so(browser, control):
    control.locked = True
    with visited(control, Purpose.CHOOSE) as (_, window), axe_kit.tab(browser) as page:
        opened(page, window)
        assert page.inner_text(".trouble")
        assert page.locator('[role="option"]').count() == len(EVERYBODY)


# --- pictures, names, strangers ------------------------------------------------------------------


def test_a_picture_is_shown_and_a_broken_one_leaves_the_initials(browser, control, tmp_path):
    good, bad = tmp_path / "good", tmp_path / "bad"
    good.write_bytes(
        b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\x00\x00\x00\x00\x00,"
        b"\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
    )
    bad.write_bytes(gif())
    control.pictures = {ADA.key: good, BOB.key: bad, YUKI.key: tmp_path / "gone"}
    with visited(control, Purpose.CHOOSE) as (_, window), axe_kit.tab(browser) as page:
        opened(page, window)
        page.wait_for_function("document.querySelectorAll('.face img').length === 1")
        assert page.evaluate("document.querySelector('.face img').naturalWidth") == 1
        assert page.text_content(f"#option-{ident(BOB)} .face").strip() == "B"


def test_a_name_that_is_markup_is_a_name(browser):
    evil = Account(
        "google", "6", '"><img src=x onerror=alert(1)>', NOW, "<script>alert(1)</script>"
    )
    control = FakeAccounts((evil,))
    with (
        visited(control, Purpose.REVIEW) as (_, window),
        axe_kit.tab(browser) as page,
    ):
        alarms = []
        page.on("dialog", lambda dialog: (alarms.append(dialog.message), dialog.dismiss()))
        opened(page, window)
        assert "<script>alert(1)</script>" in page.inner_text("h2")
        assert page.locator("main script").count() == 0
        assert alarms == []


# --- reviewing -----------------------------------------------------------------------------------


def test_it_says_what_the_application_may_do_and_where_sign_ins_are_kept(browser, control):
    with visited(control, Purpose.REVIEW) as (_, window), axe_kit.tab(browser) as page:
        opened(page, window)
        said = page.inner_text("main")
        for words in (
            "Connected accounts",
            "See your calendars",
            "private ones too",
            "acme:notes.write",
            "Nov 14, 2023",
            "keyring of this computer",
        ):
            assert words in said
        assert page.locator("article").count() == len(EVERYBODY)


def test_all_are_signed_out_after_a_question(browser, control):
    with visited(control, Purpose.REVIEW) as (_, window), axe_kit.tab(browser) as page:
        opened(page, window)
        page.click('[data-verb="out_all"]')
        on(page, "sign_out_all")
        page.click('[data-verb="confirm"]')
        on(page, "accounts")
        assert "Nobody is signed in" in page.inner_text("main")
    assert {key for verb, key in control.asked if verb == "sign_out"} == {
        account.key for account in EVERYBODY
    }


def test_a_sign_out_that_fails_is_said_and_the_account_stays(browser, control):
    with visited(control, Purpose.REVIEW) as (_, window), axe_kit.tab(browser) as page:
        opened(page, window)
        control.error = StoreError("the keyring is locked")
        page.locator("article", has_text="Bob").locator('[data-verb="out"]').click()
        on(page, "sign_out")
        page.click('[data-verb="confirm"]')
        on(page, "accounts")
        assert page.inner_text(".trouble")
        assert "Bob" in page.inner_text("main")


# --- the panic button ----------------------------------------------------------------------------


def press_panic(page, control):
    page.click('[data-verb="panic"]')
    on(page, "panic")
    assert ("panic", None) not in control.asked
    page.click('[data-verb="confirm"]')


def test_the_panic_button_asks_then_shows_each_account_as_it_ends(browser, control):
    control.hold.clear()
    with visited(control, Purpose.REVIEW) as (visit, window), axe_kit.tab(browser) as page:
        opened(page, window)
        press_panic(page, control)
        on(page, "ending")
        page.wait_for_selector("text=Google confirmed that the access is revoked.")
        assert "Telling GitHub" in page.inner_text("main")
        control.hold.set()
        on(page, "ended")
        assert page.inner_text("h1") == "Everything is revoked"
        page.keyboard.press("Enter")
        assert chosen(visit) is None
    assert control.asked.count(("panic", None)) == 1


def test_a_second_thought_ends_nothing(browser, control):
    with visited(control, Purpose.REVIEW) as (_, window), axe_kit.tab(browser) as page:
        opened(page, window)
        page.click('[data-verb="panic"]')
        on(page, "panic")
        page.keyboard.press("Enter")
        page.keyboard.press("Escape")
        on(page, "accounts")
    assert control.asked == []


@pytest.mark.parametrize(
    ("revocation", "words"),
    [
        (Revocation.UNREACHABLE, "Google could not be reached."),
        (Revocation.UNSUPPORTED, "Google has no way to be told that access ends."),
        (Revocation.UNCONFIRMED, "Google did not confirm"),
        (Revocation.UNKNOWN, "Google was not told"),
    ],
)
def test_what_could_not_be_revoked_is_said_honestly(browser, control, revocation, words):
    control.ends = {ADA.key: AccountEnd(ADA, revocation, NOW + 3600)}
    with visited(control, Purpose.REVIEW) as (_, window), axe_kit.tab(browser) as page:
        opened(page, window)
        press_panic(page, control)
        on(page, "ended")
        assert page.inner_text("h1") == "Deleted here, but not revoked everywhere"
        said = page.locator("li", has_text="Ada").inner_text()
        assert words in said
        assert "may stay valid until" in said
        assert "end the session in your account at Google" in said
        assert "may stay valid" not in page.locator("li", has_text="Bob").inner_text()


def test_what_is_left_here_is_said_and_can_be_tried_again(browser, control):
    control.left = tuple(Remainder)
    with visited(control, Purpose.REVIEW) as (_, window), axe_kit.tab(browser) as page:
        opened(page, window)
        press_panic(page, control)
        on(page, "ended")
        assert page.inner_text("h1") == "Not everything could be deleted"
        assert page.locator(".trouble li").count() == len(Remainder)
        control.left = ()
        page.click('[data-verb="retry"]')
        page.wait_for_selector("h1:has-text('Everything is revoked')")
    assert control.asked.count(("panic", None)) == 2


def test_another_try_does_not_revoke_what_the_first_one_could_not(browser, control):
    control.ends = {ADA.key: AccountEnd(ADA, Revocation.UNREACHABLE)}
    control.left = (Remainder.BROWSING,)
    with visited(control, Purpose.REVIEW) as (_, window), axe_kit.tab(browser) as page:
        opened(page, window)
        press_panic(page, control)
        on(page, "ended")
        control.left = ()
        page.click('[data-verb="retry"]')
        page.wait_for_selector("h1:has-text('Deleted here, but not revoked everywhere')")
        assert "Google could not be reached" in page.inner_text("main")


def test_closing_the_window_does_not_stop_the_ending(control):
    control.hold.clear()
    with visited(control, Purpose.REVIEW) as (visit, window):
        office = visit._office
        until(lambda: office.desk.screen == "accounts", "the accounts are there")
        for verb in (Verb.PANIC, Verb.CONFIRM):
            LOOP.run(_do(office, verb))
        until(lambda: ("panic", None) in control.asked, "it has begun")
        window.listener.closed(None)
        assert chosen(visit) is None
        threading.Timer(0.05, control.hold.set).start()
        visit.end()
        assert control.accounts() == []


async def _do(office, verb):
    assert office.do(verb, "")


def test_the_picker_has_no_panic_button(browser, control):
    with visited(control, Purpose.CHOOSE) as (_, window), axe_kit.tab(browser) as page:
        opened(page, window)
        assert page.locator('[data-verb="panic"]').count() == 0


# --- everybody -----------------------------------------------------------------------------------


def walk(page, control, purpose):
    """Go through every screen there is, and stop at each."""
    yield "accounts"
    if purpose is Purpose.CHOOSE:
        page.click('[data-verb="add"]')
        on(page, "providers")
        yield "providers"
        page.keyboard.press("Escape")
        on(page, "accounts")
        page.click('[data-verb="out"]')
        on(page, "sign_out")
        yield "sign_out"
        return
    page.click('[data-verb="out_all"]')
    on(page, "sign_out_all")
    yield "sign_out_all"
    page.keyboard.press("Escape")
    on(page, "accounts")
    page.click('[data-verb="panic"]')
    on(page, "panic")
    yield "panic"
    control.hold.clear()
    page.click('[data-verb="confirm"]')
    on(page, "ending")
    yield "ending"
    control.hold.set()
    on(page, "ended")
    yield "ended"


@pytest.mark.parametrize("scheme", axe_kit.SCHEMES)
@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("texts", [Texts(), Texts("ar", "rtl")], ids=["ltr", "rtl"])
def test_everybody_can_use_every_page(browser, scheme, purpose, texts):
    control = FakeAccounts(texts=texts)
    control.signed_in(ADA)
    control.ends = {BOB.key: AccountEnd(BOB, Revocation.UNREACHABLE, NOW)}
    control.left = (Remainder.BROWSING,)
    seen = []
    with (
        visited(control, purpose) as (_, window),
        axe_kit.tab(browser, scheme=scheme) as page,
    ):
        opened(page, window)
        for screen in walk(page, control, purpose):
            seen.append(screen)
            page.set_viewport_size(TALL)
            # One letter is too short for axe; test_initials.py measures those colours.
            assert [v for v in axe_kit.violations(page) if "too short" not in v] == [], screen
            for view in axe_kit.VIEWS:
                axe_kit.looked_at(page, scheme=scheme, view=view)
                page.evaluate("() => new Promise(done => setTimeout(done, 50))")  # it is laid out
                found = [v for v in axe_kit.violations(page) if not COVERED.search(v)]
                assert found == [], (screen, view)
                assert not axe_kit.scrolls_sideways(page), (screen, view)
            axe_kit.looked_at(page, scheme=scheme, view="usual")
    assert set(seen) <= set(SCREENS)
    assert len(seen) >= 3


def test_a_moment_is_written_as_people_there_do(browser):
    control = FakeAccounts((ADA,), texts=Texts("ja"))
    with visited(control, Purpose.REVIEW) as (_, window), axe_kit.tab(browser) as page:
        opened(page, window)
        assert "2023/11/14" in page.inner_text("main")


def test_a_page_that_outlives_the_application_says_so(browser, control):
    with visited(control, Purpose.CHOOSE) as (visit, window), axe_kit.tab(browser) as page:
        opened(page, window)
        visit._server.close()
        page.wait_for_selector("#gone:has-text('not waiting any more')", timeout=20_000)
