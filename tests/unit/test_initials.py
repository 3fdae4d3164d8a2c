"""Initials that the people who bear the names would write, in colours that can be read."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pywry_auth.desktop.initials import COLOURS, NOBODY, colour_number, initials
from pywry_auth.ui.assets import asset


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ada Lovelace", "AL"),
        ("ada", "A"),
        ("  Grace   Brewster Murray Hopper ", "GH"),
        ("Élodie Ångström", "ÉÅ"),
        ("E\u0301lodie", "É"),
        ("r\u0329\u0301oba x\u0329u", "R\u0329\u0301X\u0329"),
        ("Иван Петров", "ИП"),
        ("Ελένη Παππά", "ΕΠ"),
        ("דוד כהן", "דכ"),
        ("ada.lovelace@example.com", "AL"),
        ("ada+notes@example.com", "AN"),
        ("7up@example.com", "U"),
        ("1815@example.com", "1"),
        ("(Ada) »Lovelace«", "AL"),
        ("山田 太郎", "山"),
        ("山田太郎", "山"),
        ("김철수", "김"),
        ("\u1100\u1175\u11b7 철수", "김"),
        ("محمد علي", "م"),
        ("क्षितिज शर्मा", "क्"),
        ("คุณ", "คุ"),
        ("👩🏽‍🚀 Kim", "👩🏽‍🚀"),
        ("🏳️‍🌈", "🏳️‍🌈"),
        ("🇸🇪🇫🇮 Anna", "🇸🇪"),
        ("ßen", "ß"),
        ("ǆuro", "ǅ"),
        ("ليلى Smith", "ل"),
        ("", NOBODY),
        ("   ", NOBODY),
        ("…!?", NOBODY),
        ("\u200d\u0301", NOBODY),
    ],
)
def test_a_name_has_these_initials(name, letters):
    assert initials(name) == unicodedata.normalize("NFC", letters)


@given(st.text())
def test_any_name_has_initials_that_are_short(name):
    found = initials(name)
    assert found
    assert not any(c.isspace() for c in found)


def test_a_colour_belongs_to_an_account_for_good():
    assert [colour_number(key) for key in ("work/alice", "work/bob", "github/1")] == [0, 10, 3]


@given(st.text())
def test_any_key_has_a_colour(key):
    assert 0 <= colour_number(key) < len(COLOURS)


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("colour", COLOURS)
def test_white_letters_can_be_read_on_every_colour(colour):
    assert 1.05 / (luminance(colour) + 0.05) >= 4.5


def test_the_pages_have_the_same_colours():
    style = asset("desktop/accounts.css").read_text()
    found = dict(re.findall(r"\.hue-(\d+) \{ background: (#\w+); \}", style))
    assert found == {str(number): colour for number, colour in enumerate(COLOURS)}
