import pytest

from pywry_auth.desktop.tk.script import is_rtl, visual


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
@pytest.mark.parametrize("text", ["", "Sign in with Google", "ログイン 12%", "Ωmega (3)"])
def test_what_is_written_from_the_left_stays_as_it_is(text, direction):
    assert visual(text, direction=direction) == text


def test_hebrew_is_turned_round():
    assert visual("שלום", direction="rtl") == "םולש"


def test_arabic_letters_take_the_shape_of_their_place():
    # beh, beh, beh: at the beginning, within, at the end; drawn from the left
    assert visual("ببب", direction="rtl") == "\ufe90\ufe92\ufe91"
    # alef joins nothing that follows it
    assert visual("اب", direction="rtl") == "\ufe8f\ufe8d"


def test_lam_and_alef_are_one_sign():
    assert visual("لا", direction="rtl") == "\ufefb"
    assert visual("بلا", direction="rtl") == "\ufefc\ufe91"


def test_persian_letters_have_shapes_too():
    assert visual("گل", direction="rtl") == "\ufede\ufb94"


def test_an_accent_stays_with_its_letter():
    shown = visual("بَب", direction="rtl")
    assert shown == "\ufe90\ufe91\u064e"  # the accent does not part the two letters


def test_a_latin_name_keeps_its_order_among_hebrew():
    assert visual("שלום Ada Lovelace", direction="rtl") == "Ada Lovelace םולש"
    assert visual("Signed in as שלום", direction="ltr") == "Signed in as םולש"


def test_a_number_keeps_its_order():
    assert visual("שלום 2024", direction="rtl") == "2024 םולש"
    assert visual("שלום 12.5", direction="rtl") == "12.5 םולש"


def test_brackets_open_the_other_way():
    assert visual("(שלום)", direction="rtl") == "(םולש)"
    assert visual("שלום (Ada)", direction="rtl") == "(Ada) םולש"
    assert visual("שלום Ada (2024)", direction="rtl") == "Ada (2024) םולש"
    assert visual("Ada (שלום)", direction="ltr") == "Ada (םולש)"


def test_a_full_stop_ends_the_line_on_the_left():
    assert visual("שלום.", direction="rtl") == ".םולש"
    assert visual("שלום.", direction="ltr") == "םולש."


def test_marks_of_direction_are_not_drawn():
    assert visual("שלום \u2068Ada\u2069.", direction="rtl") == ".Ada םולש"
    assert visual("by \u2068Ada\u2069", direction="rtl") == "by Ada"


def test_every_letter_is_still_there():
    text = "تسجيل الدخول باستخدام Google (2024)"
    shown = visual(text, direction="rtl")
    assert sorted(c for c in shown if c.isascii()) == sorted(c for c in text if c.isascii())
    assert not is_rtl("Google 12")
    assert is_rtl(text)
