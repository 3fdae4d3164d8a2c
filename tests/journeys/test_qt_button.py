"""The Qt button in a window of its own, driven by a person at the keyboard or with a mouse."""

import pytest

from tests.journeys.button_scenes import STATES, HostProcess, png
from tests.screen import missing_tools, until


pytestmark = [
    pytest.mark.window,
    pytest.mark.skipif(bool(missing_tools()), reason=f"not installed: {missing_tools()}"),
]

SCRIPT = "qt_button_host.py"
RING = "#3d5bd9"
MIDDLE = (140, 66)  # of the button, in the window


@pytest.fixture(autouse=True)
def hands_off(screen):
    screen._run("xdotool", "mousemove", "0", "0")  # a button under the pointer is drawn otherwise


def asked(host):
    return [tuple(each) for each in host.ask()["asked"]]


def seen(screen, window, color):
    """Which part of the window below its first line has exactly that colour."""
    left, top, width, height = screen.place(window)
    return screen.share_of(color, (left, top + 44, width, height - 44))


def test_each_state_has_a_picture_of_its_own(screen):
    with HostProcess(SCRIPT, screen, title="states") as host:
        window = screen.window("states")
        pictures = {}
        for state in STATES:
            host.show(state)
            host.ask()
            pictures[state] = screen.pixels(window)
        shown = host.ask()
    assert shown["watched"] == 1
    kinds = set(STATES) - {"browser"}
    assert len({pictures[state] for state in kinds}) == len(kinds)
    assert pictures["waiting"] != pictures["browser"]


def test_the_keyboard_alone_signs_in_and_out(screen):
    with HostProcess(SCRIPT, screen, title="keys", accounts=2) as host:
        window = screen.window("keys")
        assert seen(screen, window, RING) == 0
        screen.press("Tab")
        until(lambda: seen(screen, window, RING) > 0, "the ring shows where the keyboard is")
        screen.press("space", "Up", "Return")  # the menu of accounts, its last line
        until(lambda: asked(host) == [("sign_in", "google")], "the sign-in begins")
        assert host.ask()["state"] == "opening"
        screen.press("Escape")
        until(lambda: asked(host)[-1] == ("cancel", None), "Escape ends it")
        host.show("waiting")
        host.ask()
        screen.press("Tab", "Return")
        until(lambda: asked(host)[-1] == ("open_again", None), "the first small button")
        screen.press("Tab", "space")
        until(lambda: asked(host)[-1] == ("cancel", None), "the second small button")
        assert host.ask()["on_main"]  # the small one is gone, the keyboard is not lost
        host.show("signed_in")
        host.ask()
        screen.press("Down", "Up", "Return")
        until(lambda: asked(host)[-1] == ("sign_out", "google/1"), "the last line of the menu")


def test_the_menu_switches_adds_and_manages(screen):
    with HostProcess(SCRIPT, screen, title="menu", accounts=2) as host:
        screen.window("menu")
        host.show("signed_in")
        screen.press("Tab", "shift+F10", "Down", "Escape")
        shown = host.ask()
        assert shown["on_main"]
        assert shown["asked"] == []
        screen.press("Menu", "Down", "Return")
        until(lambda: asked(host) == [("switch", "google/2")], "Bob")
        assert host.ask()["label"] == "Bob"
        screen.press("Down", "Up", "Up", "Return")
        assert host.hear("did") == {"did": "manage"}
        screen.press("Return", "Up", "Up", "Up", "Return")
        until(lambda: asked(host)[-1] == ("add", "google"), "another account")


def test_a_mouse_presses_it(screen):
    with HostProcess(SCRIPT, screen, title="mouse") as host:
        window = screen.window("mouse")
        screen.click(window, *MIDDLE)
        until(lambda: asked(host) == [("sign_in", "google")], "the click")


def test_a_disabled_button_does_nothing(screen):
    with HostProcess(SCRIPT, screen, title="disabled") as host:
        window = screen.window("disabled")
        before = screen.pixels(window)
        host.do("disable", "enabled", enabled=False)
        until(lambda: screen.pixels(window) != before, "it looks pale")
        screen.press("Tab", "space", "Return")
        screen.click(window, *MIDDLE)
        assert asked(host) == []
        host.do("disable", "enabled", enabled=True)
        until(lambda: not host.ask()["asked"], "it can be used again")
        screen.click(window, *MIDDLE)
        until(lambda: asked(host) == [("sign_in", "google")], "the click")


def test_a_thousand_changes_a_second_hold_nobody_up_and_lose_nothing(screen):
    with HostProcess(SCRIPT, screen, title="flood") as host:
        window = screen.window("flood")
        host.do("flood", "poured", seconds=1.0, count=1000, threads=2)
        until(lambda: host.ask()["label"] == "Ada Last", "the last change is shown")
        shown = host.ask()
        assert 1 <= shown["drawn"] <= 1001
        assert shown["accounts"] <= shown["drawn"]
        screen.press("Tab")
        until(lambda: seen(screen, window, RING) > 0, "the window still listens to its person")


def test_a_menu_stays_open_amid_changes_and_still_works(screen):
    with HostProcess(SCRIPT, screen, title="amid", accounts=2) as host:
        screen.window("amid")
        host.show("signed_in")
        host.ask()
        screen.press("Tab", "Down")
        host.do("flood", "poured", seconds=0.3, count=300)
        screen.press("Up", "Return")
        until(lambda: asked(host) == [("sign_out", "google/1")], "the last line of the menu")


def test_a_menu_of_what_is_gone_does_nothing(screen):
    with HostProcess(SCRIPT, screen, title="stale", accounts=2) as host:
        screen.window("stale")
        host.show("signed_in")
        host.ask()
        screen.press("Tab", "Down", "Up")  # on "Sign out"
        host.show("waiting")
        host.ask()
        screen.press("Return")
        assert [verb for verb, _ in asked(host)] == ["sign_in"]  # the one of the scene


def test_it_goes_away_amid_changes_and_nobody_watches_any_more(screen):
    with HostProcess(SCRIPT, screen, title="away") as host:
        screen.window("away")
        host.process.stdin.write('{"do": "destroy"}\n')
        host.do("flood", "poured", seconds=0.3, count=600, threads=3)
        assert host.ask()["watched"] == 0
    assert host.process.returncode == 0


def test_a_pouring_sign_in_never_keeps_the_application_from_ending(screen):
    with HostProcess(SCRIPT, screen, title="ending") as host:
        window = screen.window("ending")
        order = '{"do": "flood", "seconds": 1.5, "count": 1500, "threads": 3}\n'
        host.process.stdin.write(order)
        host.process.stdin.flush()
        screen.ask_to_close(window)
        assert host.hear("ended")["ended"] is True
    assert host.process.returncode == 0


def test_it_follows_the_colours_of_the_application(screen):
    with HostProcess(SCRIPT, screen, title="colours", providers=["acme"]) as host:
        window = screen.window("colours")
        until(lambda: seen(screen, window, "#ffffff") > 0.05, "a light button")
        host.do("colors", "colors", name="dark")
        until(lambda: seen(screen, window, "#252a35") > 0.05, "a dark button")


def test_high_contrast_overrules_the_colours_of_a_provider(screen):
    with HostProcess(SCRIPT, screen, title="contrast", providers=["github"]) as host:
        window = screen.window("contrast")
        until(lambda: seen(screen, window, "#ffffff") > 0.05, "in the colours of GitHub")
        host.do("colors", "colors", name="contrast")
        until(lambda: seen(screen, window, "#ffff00") > 0.005, "in those of the person")
        assert seen(screen, window, "#ffffff") == 0


def test_github_is_shown_with_its_mark(screen):
    with HostProcess(SCRIPT, screen, title="mark", providers=["github"]) as host:
        window = screen.window("mark")
        host.ask()
        until(lambda: seen(screen, window, "#000000") > 0.0005, "the black mark")


def test_a_picture_of_the_account_is_shown_round(screen, tmp_path):
    picture = png(tmp_path / "ada.png", 96, 80)
    with HostProcess(SCRIPT, screen, title="avatar", picture=str(picture)) as host:
        window = screen.window("avatar")
        host.show("signed_in")
        until(lambda: seen(screen, window, "#e67828") > 0.001, "the picture")


def test_arabic_is_read_from_the_right(screen):
    with HostProcess(SCRIPT, screen, title="arabic", language="ar", fill=True) as host:
        window = screen.window("arabic")
        host.show("signed_in")
        host.ask()
        left, top, _, _ = screen.place(window)
        near = screen.share_of("#d8def7", (left + 20, top + 46, 60, 40))
        far = screen.share_of("#d8def7", (left + 340, top + 46, 60, 40))
        assert near == 0
        assert far > 0.1  # the disc of the account comes first, and first is on the right


def test_a_screen_reader_finds_a_button_with_a_name_and_is_told_of_changes(screen):
    with HostProcess(SCRIPT, screen, title="reader", listens=True, accounts=1) as host:
        screen.window("reader")
        host.show("signed_in")
        assert host.hear("said") == {"said": "Signed in as Ada Lovelace", "urgent": False}
        shown = host.ask()
        assert shown["role"] == "ButtonMenu"
        assert shown["name"] == "Ada Lovelace, your account"
        host.show("error")
        until(lambda: host.hear("said")["urgent"], "a trouble is urgent")
        shown = host.ask()
        assert shown["role"] == "Button"
        assert shown["name"] == "Try again"
        assert shown["description"] == "Google did not let you in. Ask who runs it."


@pytest.mark.parametrize("language", ["de", "ja"])
def test_every_language_finds_room(screen, language):
    with HostProcess(
        SCRIPT, screen, title=f"in {language}", language=language, place=[20, 40, 360, 520]
    ) as host:
        window = screen.window(f"in {language}")
        for state in ("signed_out", "waiting", "error"):
            host.show(state)
            host.ask()
        left, _, width, _ = screen.place(window)
        assert width == 360  # nothing pushed the window wider
        assert left >= 0
