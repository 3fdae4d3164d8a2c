"""Values that keep to themselves, whatever they hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pywry_auth.ui.bidi import FSI, PDI, balanced, isolated


NASTY = st.text(alphabet=f"ab ع{FSI}{PDI}\u202e\u202b\u202c\u2066\u2067")


@pytest.mark.parametrize(
    ("value", "direction", "text"),
    [
        ("Ada", "ltr", "Ada"),
        ("Ada", "rtl", f"{FSI}Ada{PDI}"),
        ("عائشة", "ltr", f"{FSI}عائشة{PDI}"),
        ("東京", "ltr", "東京"),
        ("a\u202eb", "ltr", "ab"),
        (f"a{PDI}b", "rtl", f"{FSI}ab{PDI}"),
        (f"a{FSI}b", "rtl", f"{FSI}ab{PDI}"),
        (f"a{FSI}b{PDI}", "rtl", f"{FSI}a{FSI}b{PDI}{PDI}"),
        ("", "ltr", ""),
    ],
)
def test_a_value_is_enclosed_where_that_changes_anything(value, direction, text):
    assert isolated(value, direction) == text


@given(NASTY)
def test_no_value_reaches_beyond_its_end(value):
    depth = 0
    for letter in balanced(value):
        depth += (letter == FSI) - (letter == PDI)
        assert depth >= 0
    assert depth == 0
    assert not set("\u202e\u202b\u202c\u2066\u2067") & set(balanced(value))
    assert balanced(balanced(value)) == balanced(value)


@given(st.text(st.characters(blacklist_characters=f"{FSI}{PDI}", max_codepoint=0x2000)))
def test_every_letter_that_is_seen_stays(value):
    assert balanced(value) == value
