"""The Tk button in a window of its own, driven by a person at the keyboard or with a mouse."""

import pytest

from tests.journeys.button_scenes import STATES, HostProcess, png
from tests.screen import missing_tools, until


pytestmark = [
    pytest.mark.window,
    pytest.mark.skipif(bool(missing_tools()), reason=f"not installed: {missing_tools()}"),
]

SCRIPT = "tk_button_host.py"
RING = "#3d5bd9"
MIDDLE = (140, 82)  # of the button, in the window


@pytest.fixture(autouse=True)
def hands_off(screen):
    screen._run("xdotool", "mousemove", "0", "0")  # a button under the pointer is drawn otherwise


def asked(host):
    return [tuple(each) for each in host.ask()["asked"]]


def seen(screen, window, color):
    """Which part of the window has exactly that colour."""
    return screen.share_of(color, screen.place(window))


def test_each_state_has_a_picture_of_its_own(screen):
    with HostProcess(SCRIPT, screen, title="states") as host:
        window = screen.window("states")
        pictures = {}
        for state in STATES:
            host.show(state)
            shown = host.ask()
            pictures[state] = screen.pixels(window)
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
        host.show("signed_out")
        screen.press("space", "Up", "Return")  # the menu of accounts, its last line
        until(lambda: asked(host) == [("sign_in", "google")], "the sign-in begins")
        assert host.ask()["state"] == "opening"
        screen.press("Escape")
        until(lambda: asked(host)[-1] == ("cancel", None), "Escape ends it")
        host.show("waiting")
        host.ask()  # which Tk answers after it has drawn
        screen.press("Tab", "Return")
        until(lambda: asked(host)[-1] == ("open_again", None), "the first small button")
        screen.press("Tab", "space")
        until(lambda: asked(host)[-1] == ("cancel", None), "the second small button")
        shown = host.ask()
        assert shown["focus"] == shown["main"]  # the small one is gone, the keyboard is not lost
        host.show("signed_in")
        screen.press("Down", "Up", "Return")
        until(lambda: asked(host)[-1] == ("sign_out", "google/1"), "the last line of the menu")


def test_the_menu_switches_adds_and_manages(screen):
    with HostProcess(SCRIPT, screen, title="menu", accounts=2) as host:
        screen.window("menu")
        host.show("signed_in")
        screen.press("Tab", "shift+F10", "Down", "Escape")
        shown = host.ask()
        assert shown["focus"] == shown["main"]
        assert shown["asked"] == []
        screen.press("Menu", "Down", "Return")
        until(lambda: asked(host) == [("switch", "google/2")], "Bob")
        assert host.ask()["label"] == "Bob"
        screen.press("Down", "Up", "Up", "Return")
        assert host.hear("did") == {"did": "manage"}
        screen.press("Return", "Up", "Up", "Up", "Return")
        until(lambda: asked(host)[-1] == ("add", "google"), "another account")


def test_a_mouse_presses_it_and_a_slip_does_not(screen):
    with HostProcess(SCRIPT, screen, title="mouse") as host:
        window = screen.window("mouse")
        left, top, _, _ = screen.place(window)
        x, y = left + MIDDLE[0], top + MIDDLE[1]
        slip = ("mousemove", str(x), str(y), "mousedown", "1", "mousemove", str(x), str(y + 120))
        screen._run("xdotool", *slip, "mouseup", "1")
        assert asked(host) == []
        screen.click(window, *MIDDLE)
        until(lambda: asked(host) == [("sign_in", "google")], "the click")


def test_a_disabled_button_does_nothing_and_takes_no_focus(screen):
    with HostProcess(SCRIPT, screen, title="disabled") as host:
        window = screen.window("disabled")
        before = screen.pixels(window)
        assert host.do("disable", "states", states=["disabled"])["states"] == ["disabled"]
        until(lambda: screen.pixels(window) != before, "it looks pale")
        screen.press("Tab", "space", "Return")
        screen.click(window, *MIDDLE)
        assert asked(host) == []
        assert seen(screen, window, RING) == 0
        assert host.do("disable", "states", states=["!disabled"])["states"] == []
        screen.click(window, *MIDDLE)
        until(lambda: asked(host) == [("sign_in", "google")], "it can be used again")


@pytest.mark.parametrize("bell", ["pipe", "socket"])
def test_a_thousand_changes_a_second_hold_nobody_up_and_lose_nothing(screen, bell):
    with HostProcess(SCRIPT, screen, title=f"flood {bell}", bell=bell) as host:
        window = screen.window(f"flood {bell}")
        host.do("flood", "poured", seconds=1.0, count=1000, threads=2)
        until(lambda: host.ask()["label"] == "Ada Last", "the last change is shown")
        shown = host.ask()
        assert 1 <= shown["drawn"] <= 1001
        assert shown["accounts"] <= shown["drawn"]
        screen.press("Tab", "Down", "Escape")  # the window still listens to its person
        until(lambda: seen(screen, window, RING) > 0, "the ring")


@pytest.mark.parametrize("bell", ["pipe", "socket"])
def test_it_goes_away_amid_changes_and_nobody_watches_any_more(screen, bell):
    with HostProcess(SCRIPT, screen, title=f"away {bell}", bell=bell) as host:
        screen.window(f"away {bell}")
        host.process.stdin.write('{"do": "destroy"}\n')
        host.do("flood", "poured", seconds=0.3, count=600, threads=3)
        shown = host.do("ask", "asked")
        assert shown["watched"] == 0
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


def test_it_follows_the_ground_it_lies_on(screen):
    with HostProcess(SCRIPT, screen, title="ground", providers=["acme"]) as host:
        window = screen.window("ground")
        until(lambda: seen(screen, window, "#ffffff") > 0.05, "a light button")
        host.do("ground", "ground", color="#1b1e26")
        until(lambda: seen(screen, window, "#252a35") > 0.05, "a dark button")


def test_the_pointer_brings_up_which_account_it_is(screen):
    with HostProcess(SCRIPT, screen, title="tip") as host:
        window = screen.window("tip")
        host.show("signed_in")
        host.ask()
        tip = "#fbfbfc"
        assert seen(screen, window, tip) < 0.001
        left, top, _, _ = screen.place(window)
        screen._run("xdotool", "mousemove", str(left + MIDDLE[0]), str(top + MIDDLE[1]))
        until(lambda: seen(screen, window, tip) > 0.005, "the mail address")
        screen._run("xdotool", "mousemove", "0", "0")
        until(lambda: seen(screen, window, tip) < 0.001, "it goes with the pointer")


def test_whoever_is_told_may_take_the_button_away(screen):
    with HostProcess(SCRIPT, screen, title="leaves", leaves=True) as host:
        screen.window("leaves")
        host.show("signed_in")
        until(lambda: host.ask()["watched"] == 0, "nobody watches any more")
        host.show("error")
        host.ask()
    assert host.process.returncode == 0


def test_it_lies_on_ttk_grounds_as_on_others(screen):
    with HostProcess(SCRIPT, screen, title="ttk", providers=["acme"], themed="#1b1e26") as host:
        window = screen.window("ttk")
        until(lambda: seen(screen, window, "#252a35") > 0.05, "a dark button")
        host.ask()


def test_github_is_shown_with_its_mark(screen):
    with HostProcess(SCRIPT, screen, title="mark", providers=["github"]) as host:
        window = screen.window("mark")
        host.show("signed_out")
        until(lambda: seen(screen, window, "#000000") > 0.0005, "the black mark")


def test_a_picture_of_the_account_is_shown_round(screen, tmp_path):
    picture = png(tmp_path / "ada.png", 96, 80)
    with HostProcess(SCRIPT, screen, title="avatar", picture=str(picture)) as host:
        window = screen.window("avatar")
        host.show("signed_in")
        until(lambda: seen(screen, window, "#e67828") > 0.001, "the picture")


def test_a_picture_that_tk_cannot_read_leaves_the_initials(screen, tmp_path):
    picture = tmp_path / "ada.png"
    picture.write_bytes(b"RIFF....WEBP")
    with HostProcess(SCRIPT, screen, title="initials", picture=str(picture)) as host:
        window = screen.window("initials")
        host.show("signed_in")
        until(lambda: seen(screen, window, RING) > 0, "the initials")


def test_arabic_is_read_from_the_right(screen):
    with HostProcess(SCRIPT, screen, title="arabic", language="ar") as host:
        window = screen.window("arabic")
        host.show("signed_in")
        host.ask()
        left, top, _, _ = screen.place(window)
        near = screen.share_of("#e0e5f9", (left + 20, top + 62, 60, 40))
        far = screen.share_of("#e0e5f9", (left + 200, top + 62, 60, 40))
        assert near == 0
        assert far > 0.1  # the disc of the account comes first, and first is on the right


@pytest.mark.parametrize("language", ["de", "ja"])
def test_every_language_finds_room(screen, language):
    with HostProcess(
        SCRIPT, screen, title=f"in {language}", language=language, geometry="360x520+20+20"
    ) as host:
        window = screen.window(f"in {language}")
        for state in ("signed_out", "waiting", "error"):
            host.show(state)
            host.ask()
        assert screen.pixels(window)
