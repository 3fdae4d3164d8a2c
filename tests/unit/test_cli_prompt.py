"""What a person at a terminal is told to do with a code."""

import pytest

from pywry_auth.cli.output import Screen
from pywry_auth.cli.prompt import picture, words
from pywry_auth.protocol.device import DevicePrompt


PAGE = "https://id.example.com/device"
PROMPT = DevicePrompt("WDJB-MJHT", PAGE, f"{PAGE}?user_code=WDJB-MJHT", 600.0)
WIDE = Screen(100, 50, has_blocks=True, has_colour=True)
BARE = Screen(80, 24, has_blocks=False, has_colour=False)


def said(prompt=PROMPT, screen=WIDE, *, above=19, left=600.0):
    return words(prompt, screen, name="work", above=above, left=left)


@pytest.mark.parametrize("screen", [WIDE, BARE])
@pytest.mark.parametrize("above", [0, 19])
def test_name_address_code_host_and_time_are_always_said(screen, above):
    text = said(screen=screen, above=above)
    for fact in ("at work", PAGE, "WDJB-MJHT", "only if the page is one of id.example.com"):
        assert fact in text
    assert "10 minutes" in text
    assert f"{PAGE}?" not in text  # the complete address is for cameras, beside the code


def test_whoever_scans_is_asked_to_compare():
    assert "see that the page shows the same" in said()
    assert "scan" not in said(above=0)
    typed = DevicePrompt("WDJB-MJHT", PAGE, "", 600.0)
    assert "the same" not in said(typed)
    assert "scan the code above" in said(typed)


def test_a_plain_terminal_gets_plain_text():
    text = said(screen=BARE, above=0)
    assert text.isascii()
    assert "WDJB-MJHT   (W D J B - M J H T)" in text


def test_a_wide_terminal_gets_large_letters_and_a_copy_to_select():
    lines = said().splitlines()
    assert sum("█" in line for line in lines) >= 3
    assert "    WDJB-MJHT" in lines


def test_a_narrow_terminal_gets_no_large_letters():
    text = said(screen=Screen(50, 50, has_blocks=True, has_colour=True))
    assert "█" not in text
    assert "W D J B" in text


def test_a_picture_comes_before_large_letters():
    low = Screen(100, 30, has_blocks=True, has_colour=True)
    rows = picture(PROMPT, low)
    assert rows
    text = said(screen=low, above=len(rows))
    assert "█" not in text
    assert len(rows) + 1 + len(text.splitlines()) < low.lines
    assert "█" in said(screen=low, above=0)


def test_everything_stays_on_the_screen():
    for lines in range(20, 60):
        screen = Screen(100, lines, has_blocks=True, has_colour=True)
        rows = picture(PROMPT, screen)
        text = said(screen=screen, above=len(rows))
        assert bool(rows) + len(rows) + len(text.splitlines()) < lines  # one is for the countdown


def test_a_code_with_spaces_is_not_spelled():
    text = said(DevicePrompt("AB 12", PAGE, "", 600.0), BARE)
    assert "(" not in text


@pytest.mark.parametrize(
    ("left", "text"),
    [(1800, "30 minutes"), (100, "2 minutes"), (99, "99 seconds"), (0, "0 seconds")],
)
def test_the_time_is_said_as_people_say_it(left, text):
    assert f"ends in {text}." in said(left=left)


def test_a_picture_is_drawn_where_it_can_be_scanned():
    rows = picture(PROMPT, WIDE)
    assert rows
    assert len({len(row) for row in rows}) == 1
    assert picture(DevicePrompt("A", PAGE, "", 600.0), WIDE) != rows


@pytest.mark.parametrize(
    "screen",
    [
        Screen(100, 50, has_blocks=False, has_colour=True),  # no UTF-8
        Screen(100, 50, has_blocks=True, has_colour=False),  # NO_COLOR, no terminal
        Screen(30, 50, has_blocks=True, has_colour=True),
        Screen(100, 24, has_blocks=True, has_colour=True),  # it would scroll away
    ],
)
def test_a_picture_nobody_could_scan_is_not_drawn(screen):
    assert picture(PROMPT, screen) == []
