"""Which page is on top, and what the bar says."""

import pytest

from pywry_auth.ui.texts import Texts
from pywry_auth.window.engine.conductor import MOST_DIALOGS, MOST_POPUPS, Conductor
from pywry_auth.window.engine.phrases import Phrases, for_gtk, unmarked
from pywry_auth.window.engine.roles import BarWords, Plan, Reading, Sign
from pywry_auth.window.engine.trouble import Cause


START = "https://accounts.example.com/authorize?state=s"


class FakePage:
    def __init__(self, url: str = "") -> None:
        self.address = url
        self.loads: list[str] = []
        self.earlier = 0
        self.discarded = False

    def url(self) -> str:
        return self.address

    def load(self, url: str) -> None:
        self.loads.append(url)

    def can_go_back(self) -> bool:
        return self.earlier > 0

    def go_back(self) -> None:
        self.earlier -= 1

    def discard(self) -> None:
        self.discarded = True


class FakeFace:
    def __init__(self) -> None:
        self.words: BarWords | None = None
        self.below: object = None
        self.looked_at: list[str] = []

    def show_bar(self, words) -> None:
        self.words = words

    def show_page(self, page) -> None:
        self.below = page

    def show_trouble(self, trouble) -> None:
        self.below = trouble

    def look_at(self, page) -> None:
        self.looked_at.append(page.url())


class FakeHerald:
    def __init__(self) -> None:
        self.said: list[str] = []

    def painted(self) -> None:
        self.said.append("painted")

    def loaded(self) -> None:
        self.said.append("loaded")

    def again(self) -> None:
        self.said.append("again")

    def back(self) -> None:
        self.said.append("back")

    def cancelled(self) -> None:
        self.said.append("cancelled")

    def refused(self) -> None:
        self.said.append("refused")

    def trouble(self, code: str) -> None:
        self.said.append(f"trouble {code}")


class Stage:
    def __init__(self, start: str = START, *, stays: bool = False, browser=print) -> None:
        self.face, self.herald, self.first = FakeFace(), FakeHerald(), FakePage()
        self.conductor = Conductor(
            self.face, self.herald, Plan(start, stays=stays, browser=browser)
        )
        self.conductor.begin(self.first)

    def arrive(self, page: FakePage, url: str) -> None:
        self.conductor.moving(page)
        page.address = url
        self.conductor.moved(page)
        self.conductor.settled(page)

    @property
    def words(self) -> BarWords:
        return self.face.words


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_before_the_first_page_the_bar_says_where_it_connects_to(stage):
    assert Phrases().origin_line(stage.words) == "Connecting to accounts.example.com…"
    assert stage.words.sign is Sign.WAITING
    assert stage.words.loading


def test_the_lock_appears_with_the_page(stage):
    stage.arrive(stage.first, START)
    assert Phrases().origin_line(stage.words) == "https://accounts.example.com"
    assert stage.words.sign is Sign.ENCRYPTED
    assert not stage.words.loading
    assert stage.herald.said == ["loaded"]


def test_a_page_that_asks_slowly_for_another_site_does_not_get_its_name(stage):
    stage.arrive(stage.first, "https://evil.example/")
    stage.conductor.moving(stage.first)
    assert stage.words.address.host == "evil.example"
    assert stage.words.loading


def test_a_page_of_another_owner_is_marked(stage):
    stage.arrive(stage.first, "https://login.example.com/")
    assert stage.words.notice == ""
    stage.arrive(stage.first, "https://sso.work.example/")
    assert stage.words.notice == (
        "This page belongs to sso.work.example, no longer to accounts.example.com."
    )
    stage.arrive(stage.first, "http://127.0.0.1:4000/callback/done")
    assert stage.words.notice == ""
    assert stage.words.sign is Sign.THIS_COMPUTER


def test_a_failure_shows_words_and_no_lock(stage):
    stage.conductor.failed(stage.first, START, Cause.CERTIFICATE, "ERR")
    assert stage.face.below.headline == "accounts.example.com could not prove who it is"
    assert stage.face.below.small_print == "ERR"
    assert stage.words.sign is Sign.WARNING
    assert stage.herald.said == ["painted"]


def test_trying_again_loads_what_failed_and_shows_the_page_once_it_is_there(stage):
    later = "https://accounts.example.com/password"
    stage.conductor.failed(stage.first, later, Cause.NAME)
    stage.conductor.try_again()
    assert stage.first.loads == [later]
    assert stage.face.below is not stage.first
    stage.arrive(stage.first, later)
    assert stage.face.below is stage.first
    assert "again" not in stage.herald.said


def test_trying_the_first_page_again_asks_for_an_address_nobody_has_opened(stage):
    stage.conductor.failed(stage.first, f"{START}#", Cause.NAME)
    stage.conductor.try_again()
    assert stage.herald.said[-1] == "again"
    assert stage.first.loads == []
    assert stage.words.loading
    fresh = "https://accounts.example.com/authorize?request_uri=second"
    stage.conductor.begin_again(fresh)
    assert stage.first.loads == [fresh]
    stage.conductor.failed(stage.first, "", Cause.CRASHED)
    stage.conductor.try_again()
    assert stage.herald.said[-1] == "again"


def test_a_failure_without_an_address_is_about_the_start(stage):
    stage.conductor.failed(stage.first, "", Cause.CRASHED)
    assert stage.words.address.host == "accounts.example.com"
    stage.conductor.try_again()
    assert stage.herald.said[-1] == "again"


def test_going_back_from_a_panel_shows_what_lay_under_it(stage):
    stage.arrive(stage.first, START)
    stage.conductor.refused(stage.first, "http://example.com/login")
    assert stage.face.below.headline == "example.com is not encrypted"
    assert stage.words.address.host == "accounts.example.com"
    assert stage.words.can_go_back
    stage.conductor.go_back()
    assert stage.face.below is stage.first
    assert stage.words.sign is Sign.ENCRYPTED


def test_an_address_of_another_kind_is_refused_in_words(stage):
    stage.arrive(stage.first, START)
    stage.conductor.refused(stage.first, "file:///etc/hostname")
    assert stage.face.below.headline == "This is not a web page"
    stage.conductor.try_again()
    assert stage.herald.said[-1] == "again"


def test_a_page_that_arrives_where_it_must_not_is_covered(stage):
    stage.arrive(stage.first, START)
    stage.conductor.moving(stage.first)
    stage.first.address = "http://example.com/"
    stage.conductor.moved(stage.first)
    assert stage.face.below.headline == "example.com is not encrypted"


def test_a_popup_lies_on_top_until_it_closes_itself(stage):
    stage.arrive(stage.first, START)
    popup = FakePage()
    stage.conductor.opened(popup)
    assert stage.face.below is popup
    stage.arrive(popup, "https://other.example/")
    assert stage.words.address.host == "other.example"
    stage.conductor.closed(popup)
    assert popup.discarded
    assert stage.face.below is stage.first
    assert stage.words.address.host == "accounts.example.com"


def test_going_back_on_a_popup_returns_to_its_opener(stage):
    stage.arrive(stage.first, START)
    popup = FakePage()
    stage.conductor.opened(popup)
    stage.arrive(popup, "https://other.example/")
    popup.earlier = 1
    stage.conductor.go_back()
    assert stage.face.below is popup
    stage.conductor.go_back()
    assert stage.face.below is stage.first


def test_what_happens_under_a_popup_does_not_change_the_bar(stage):
    stage.arrive(stage.first, START)
    popup = FakePage()
    stage.conductor.opened(popup)
    stage.arrive(popup, "https://other.example/")
    stage.arrive(stage.first, "https://third.example/")
    stage.conductor.failed(stage.first, "https://third.example/", Cause.NAME)
    assert stage.words.address.host == "other.example"
    assert stage.face.below is popup


def test_the_first_page_cannot_close_the_window(stage):
    stage.arrive(stage.first, START)
    stage.conductor.closed(stage.first)
    assert not stage.first.discarded
    assert stage.conductor.top is stage.first


def test_popups_are_counted(stage):
    for _ in range(MOST_POPUPS):
        assert stage.conductor.may_pile()
        stage.conductor.opened(FakePage())
    assert not stage.conductor.may_pile()


def test_dialogs_of_all_pages_are_counted_together(stage):
    assert [stage.conductor.may_ask() for _ in range(MOST_DIALOGS + 2)][-3:] == [True, False, False]


@pytest.mark.parametrize("sign", list(Sign))
def test_every_sign_is_explained(sign):
    assert Phrases().explain(sign)


def test_letters_for_the_keyboard_are_marked_for_each_toolkit_and_never_said():
    assert for_gtk("Open_in my &browser") == "Open__in my _browser"
    assert unmarked("Open in my &browser") == "Open in my browser"
    assert unmarked("ブラウザーで開く (&B)") == "ブラウザーで開く"


def test_an_address_in_a_line_from_right_to_left_stays_whole(stage):
    arabic = Phrases(Texts("ar", "rtl"))
    assert arabic.is_mirrored
    assert "\u2068accounts.example.com\u2069" in arabic.origin_line(stage.words)
    stage.arrive(stage.first, START)
    assert arabic.origin_line(stage.words) == "https://accounts.example.com"


OWN = "http://127.0.0.1:4000/one-time/wizard"


@pytest.fixture
def home() -> Stage:
    home = Stage(OWN, stays=True)
    home.arrive(home.first, OWN)
    return home


def test_our_own_page_has_no_bar_and_whatever_is_not_ours_has_one(home):
    assert not home.words.is_shown
    home.arrive(home.first, "http://127.0.0.1:4000/one-time/wizard/done")
    assert not home.words.is_shown
    home.arrive(home.first, "http://127.0.0.1:4001/somebody")
    assert home.words.is_shown
    home.arrive(home.first, "https://accounts.example.com/")
    assert home.words.is_shown


def test_a_provider_at_the_address_of_our_own_page_has_a_bar_too(home):
    abroad = FakePage()
    home.conductor.lead(abroad, OWN)
    home.arrive(abroad, OWN)
    assert home.words.is_shown


def test_the_providers_page_comes_and_goes_while_ours_stays_as_it_was(home):
    abroad = FakePage()
    home.conductor.lead(abroad, START)
    assert (abroad.loads, home.face.below, home.words.is_shown) == ([START], abroad, True)
    assert home.words.can_go_back
    home.arrive(abroad, START)
    home.conductor.come_home()
    assert abroad.discarded
    assert (home.face.below, home.first.loads, home.first.discarded) == (home.first, [], False)
    assert not home.words.is_shown
    home.conductor.come_home(f"{OWN}/next")
    assert home.first.loads == [f"{OWN}/next"]


def test_going_back_beyond_the_providers_first_page_is_for_the_program_to_decide(home):
    abroad = FakePage()
    home.conductor.lead(abroad, START)
    home.arrive(abroad, START)
    abroad.earlier = 1
    home.conductor.go_back()
    assert "back" not in home.herald.said
    home.conductor.go_back()
    assert home.herald.said[-1] == "back"
    assert home.face.below is abroad


def test_a_second_sign_in_finds_no_way_back_to_the_first(home):
    first, popup, second = FakePage(), FakePage(), FakePage()
    home.conductor.lead(first, START)
    home.conductor.opened(popup)
    home.conductor.lead(second, START)
    assert (first.discarded, popup.discarded, second.discarded) == (True, True, False)
    assert not home.first.discarded
    assert home.conductor.top is second


def test_a_window_that_does_not_stay_goes_back_to_nowhere(stage):
    stage.arrive(stage.first, START)
    assert not stage.words.can_go_back
    stage.conductor.go_back()
    assert "back" not in stage.herald.said


def test_our_own_page_is_loaded_again_without_asking_anybody(home):
    home.conductor.failed(home.first, OWN, Cause.CRASHED)
    assert home.words.is_shown
    home.conductor.try_again()
    assert home.first.loads == [OWN]
    assert "again" not in home.herald.said


def test_after_a_provider_that_failed_our_own_page_is_seen_again(home):
    abroad = FakePage()
    home.conductor.lead(abroad, START)
    home.conductor.failed(abroad, START, Cause.NAME)
    home.conductor.come_home()
    assert home.face.below is home.first
    assert not home.words.is_shown


REFUSED = Reading("embedded_refused", refuses_windows=True)


def test_a_page_is_read_when_it_comes_and_ours_never_is(stage, home):
    stage.arrive(stage.first, START)
    assert set(stage.face.looked_at) == {START}
    assert home.face.looked_at == []
    abroad = FakePage()
    home.conductor.lead(abroad, START)
    home.arrive(abroad, START)
    assert set(home.face.looked_at) == {START}


def test_a_page_that_refuses_windows_is_said_once(stage):
    stage.arrive(stage.first, START)
    for _ in range(3):
        stage.conductor.was_read(stage.first, START, REFUSED)
    assert stage.herald.said[1:] == ["trouble embedded_refused", "refused"]


def test_without_a_browser_a_refusal_is_only_a_trouble():
    stage = Stage(browser=None)
    stage.arrive(stage.first, START)
    stage.conductor.was_read(stage.first, START, REFUSED)
    assert stage.herald.said[1:] == ["trouble embedded_refused"]


def test_what_was_read_of_a_page_that_is_gone_does_not_count(stage):
    stage.arrive(stage.first, START)
    stage.conductor.was_read(stage.first, "https://accounts.example.com/before", REFUSED)
    stage.conductor.was_read(FakePage(START), START, REFUSED)
    assert stage.herald.said == ["loaded"]


def test_a_trouble_that_is_over_is_said_too(stage):
    stage.arrive(stage.first, START)
    stage.conductor.was_read(stage.first, START, Reading("redirect_uri_mismatch"))
    stage.conductor.was_read(stage.first, START, Reading())
    assert stage.herald.said[1:] == ["trouble redirect_uri_mismatch", "trouble "]


def test_where_there_are_no_passkeys_the_bar_offers_the_browser(stage):
    stage.arrive(stage.first, START)
    stage.conductor.was_read(stage.first, START, Reading(wants_passkey=True))
    assert stage.words.notice.startswith("Passkeys do not work in this window.")
    assert "refused" not in stage.herald.said
    stage.conductor.was_read(stage.first, START, Reading())
    assert stage.words.notice == ""
