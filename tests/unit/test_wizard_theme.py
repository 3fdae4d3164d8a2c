"""An application's colours and logo, which people must be able to read."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pywry_auth.desktop.pages.logo import MAX_BYTES, Logo
from pywry_auth.desktop.wizard.colours import READABLE, WHITE, Colour
from pywry_auth.desktop.wizard.theme import (
    ACCENT,
    DARK_ACCENT,
    DARK_CARD,
    LIGHT_CARD,
    MAX_WORDS,
    Theme,
)
from pywry_auth.errors import ConfigError
from pywry_auth.ui.assets import asset


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h1v1z"/></svg>'
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)

accents = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def colours_in(style):
    """The values of the light and of the dark rule."""
    light, dark = style.split("@media")
    return [dict(re.findall(r"--([a-z-]+):(#\w+);", rule)) for rule in (light, dark)]


@given(accent=accents, dark=st.none() | accents)
def test_any_accent_becomes_one_that_can_be_read(accent, dark):
    theme = Theme(accent=accent, dark_accent=dark)
    for found, card in zip(colours_in(theme.style), (LIGHT_CARD, DARK_CARD), strict=True):
        calm, tint = Colour.read(found["calm"]), Colour.read(found["calm-tint"])
        assert calm.contrast(card) >= READABLE
        assert calm.contrast(tint) >= READABLE
        assert calm.contrast(Colour.read(found["on-calm"])) >= READABLE


def test_an_accent_that_can_be_read_stays_as_it_is():
    light, dark = colours_in(Theme().style)
    assert light["calm"] == ACCENT
    assert dark["calm"] == DARK_ACCENT


def test_the_grounds_are_those_of_the_pages():
    style = asset("pages/style.css").read_text("utf-8")
    assert re.findall(r"--card: (#\w+);", style) == [str(LIGHT_CARD), str(DARK_CARD)]
    assert re.findall(r"--calm: (#\w+);", style) == [ACCENT, DARK_ACCENT]


def test_contrast_is_that_of_the_standard():
    assert Colour.read("#000").contrast(WHITE) == pytest.approx(21)
    assert Colour.read("#777777").contrast(WHITE) == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize(
    "wrong",
    [
        {"accent": "red"},
        {"accent": "#12345"},
        {"accent": "#123456;}body{display:none"},
        {"dark_accent": "url(x)"},
        {"radius": -1},
        {"radius": 1000},
        {"words": {"nothing": "x"}},
        {"words": {"welcome": "x" * (MAX_WORDS + 1)}},
    ],
    ids=str,
)
def test_what_cannot_be_shown_is_refused_where_it_is_given(wrong):
    with pytest.raises(ConfigError):
        Theme(**wrong)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (SVG, "image/svg+xml"),
        (b'<?xml version="1.0"?>\n<!-- made by hand -->\n' + SVG, "image/svg+xml"),
        (PNG, "image/png"),
    ],
)
def test_a_logo_is_taken_as_bytes_or_from_its_file(content, kind, tmp_path):
    file = tmp_path / "logo"
    file.write_bytes(content)
    assert Logo.read(content) == Logo.read(file) == Logo.read(str(file)) == Logo(content, kind)
    assert Theme(logo=content).picture() == Logo(content, kind)
    assert Theme().picture() is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a",
        b"<html><svg></svg></html>",
        b"<svg" + bytes(MAX_BYTES),
        SVG.replace(b"<path", b"<script>x</script><path"),
        SVG.replace(b"<path", b'<path onload="x"'),
        SVG.replace(b"<path", b"<foreignObject/><path"),
        b'<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG,
        SVG.replace(b"<path", b'<a href="JavaScript:x"/><path'),
    ],
    ids=lambda content: content[:40],
)
def test_what_is_no_plain_picture_is_no_logo(content):
    with pytest.raises(ConfigError):
        Logo.read(content)


def test_a_logo_that_is_not_there_is_told(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        Theme(logo=tmp_path / "none.png").picture()
