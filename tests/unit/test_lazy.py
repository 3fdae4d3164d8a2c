"""Names that are imported when somebody asks."""

import copy
import subprocess
import sys

import pytest

import pywry_auth
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


@pytest.mark.parametrize(
    ("name", "home"),
    [
        ("BearerAuth", "pywry_auth.grants"),
        ("FileTokenStore", "pywry_auth.grants"),
        ("CredentialStore", "pywry_auth.integrations"),
        ("HeadlessAgent", "pywry_auth.testing"),
    ],
)
def test_a_name_of_another_part_is_said_to_be_there(name, home):
    with pytest.raises(AttributeError, match=f"no attribute '{name}'; it is in {home}$") as caught:
        getattr(pywry_auth, name)
    assert str(copy.copy(caught.value)) == str(caught.value)


def test_a_name_that_is_nowhere_is_said_to_be_nowhere():
    with pytest.raises(AttributeError, match=r"no attribute 'TokenBucket'$"):
        _ = pywry_auth.TokenBucket


def test_asking_for_an_unknown_name_imports_nothing():
    code = """
import sys, pywry_auth
before = set(sys.modules)
assert not hasattr(pywry_auth, "BearerAuth")
print(sorted(set(sys.modules) - before))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
