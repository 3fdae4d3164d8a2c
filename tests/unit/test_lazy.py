"""Names that are imported when somebody asks."""

import sys

import pytest

from pywry_auth.lazy import lazy_names


def test_a_name_is_found_where_it_lives_and_only_then():
    sys.modules.pop("colorsys", None)
    find, names = lazy_names("mine", {"rgb_to_hsv": "colorsys", "b": "nowhere"})
    assert names() == ["b", "rgb_to_hsv"]
    assert "colorsys" not in sys.modules
    assert find("rgb_to_hsv")(0, 0, 0) == (0.0, 0.0, 0)


@pytest.mark.parametrize("name", ["other", "__path__", "__wrapped__", ""])
def test_any_other_name_is_an_attribute_error(name):
    find, _ = lazy_names("mine", {"a": "colorsys"})
    with pytest.raises(AttributeError, match="mine"):
        find(name)
