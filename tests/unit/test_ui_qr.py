"""Drawings made of modules: a camera must see what was meant, in text as on a page."""

import re
import string

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from pywry_auth.ui.big_letters import GAP, WIDTH, big_letters
from pywry_auth.ui.qr import QUIET, QUIET_IN_TEXT, half_blocks, path


URL = "https://id.example.com/device?user_code=WDJB-MJHT"
ADDRESSES = st.text(string.ascii_letters + string.digits + "-._~:/?=&%", min_size=1, max_size=1024)
TOP, BOTTOM = "▀█", "▄█"


def modules(text, border):
    code = segno.make_qr(text, error="l")
    return [[bool(module) for module in row] for row in code.matrix_iter(border=border)]


def seen_in_text(rows):
    found = []
    for row in rows:
        found += [[each in TOP for each in row], [each in BOTTOM for each in row]]
    return found


def seen_on_page(d, side):
    found = [[False] * side for _ in range(side)]
    for x, y, length, back in re.findall(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z", d):
        assert length == back
        for each in range(int(x), int(x) + int(length)):
            found[int(y)][each] = True
    return found


@given(ADDRESSES)
def test_every_module_is_where_it_belongs_in_text(text):
    expected = modules(text, QUIET_IN_TEXT)
    rows = seen_in_text(half_blocks(text))
    assert rows[: len(expected)] == expected
    assert not any(map(any, rows[len(expected) :]))


@given(ADDRESSES)
def test_every_module_is_where_it_belongs_on_a_page(text):
    d, side = path(text)
    assert re.fullmatch(r"(?:M\d+ \d+h\d+v1h-\d+z)+", d)
    assert seen_on_page(d, side) == modules(text, QUIET)


def test_the_code_has_light_all_round():
    rows = half_blocks(URL)
    assert len({len(row) for row in rows}) == 1
    assert set(rows[0]) == {" "}
    assert all(row.startswith("  ") and row.endswith("  ") for row in rows)


def test_an_ordinary_address_fits_an_ordinary_terminal():
    rows = half_blocks(URL)
    assert len(rows) <= 20
    assert len(rows[0]) <= 40


def test_a_code_is_written_large():
    rows = big_letters("WDJB-MJHT")
    assert len(rows) == 4
    assert max(map(len, rows)) <= 9 * WIDTH + 8 * GAP <= 76
    assert set("".join(rows)) <= set(" ▀▄█")


@pytest.mark.parametrize("code", ["", "abcd", "WDJB_MJHT", "ÄB", "AB\n"])
def test_a_code_with_other_characters_is_not_written_large(code):
    assert big_letters(code) == []


def test_no_two_letters_look_alike():
    letters = string.ascii_uppercase + string.digits + "- "
    assert len({tuple(big_letters(letter)) for letter in letters}) == len(letters)
