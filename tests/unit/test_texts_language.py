"""Which language a person gets, decided from what their system says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pywry_auth.ui.languages import Tag, match, read_tag, wanted
from pywry_auth.ui.system_language import split_names, system_languages


THERE = ["ar", "de", "es", "fr", "ja", "zh-Hans"]


def nobody():
    raise AssertionError("the system is not to be asked")


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("de", Tag("de", "Latn")),
        ("de_AT.UTF-8", Tag("de", "Latn", "AT")),
        ("de-1996", Tag("de", "Latn")),
        ("DE-at", Tag("de", "Latn", "AT")),
        ("zh", Tag("zh", "Hans")),
        ("zh-CN", Tag("zh", "Hans", "CN")),
        ("zh-SG", Tag("zh", "Hans", "SG")),
        ("zh_TW", Tag("zh", "Hant", "TW")),
        ("zh-Hant-CN", Tag("zh", "Hant", "CN")),
        ("zh-Hans-HK", Tag("zh", "Hans", "HK")),
        ("sr_RS@latin", Tag("sr", "Latn", "RS")),
        ("ja-JP-u-ca-japanese", Tag("ja", "Jpan", "JP")),
        ("en-x-Arab", Tag("en", "Latn")),
        ("es-419", Tag("es", "Latn")),
        ("iw", Tag("he", "Hebr")),
        ("C.UTF-8", None),
        ("", None),
        ("german", None),
        ("de-", None),
        ("d€", None),
    ],
)
def test_a_tag_is_read_however_a_system_writes_it(text, tag):
    assert read_tag(text) == tag


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("ar", "rtl"),
        ("he-IL", "rtl"),
        ("fa", "rtl"),
        ("ur", "rtl"),
        ("pa-PK", "rtl"),
        ("pa", "ltr"),
        ("az-Arab", "rtl"),
        ("de", "ltr"),
        ("ja", "ltr"),
        ("ar-Latn", "ltr"),
    ],
)
def test_the_script_says_in_which_direction_one_reads(text, direction):
    assert read_tag(text).direction == direction


@pytest.mark.parametrize(
    ("wishes", "found"),
    [
        (["de-AT"], "de"),
        (["zh-CN"], "zh-Hans"),
        (["zh-SG"], "zh-Hans"),
        (["zh_Hans"], "zh-Hans"),
        (["zh-TW"], None),
        (["zh-HK", "fr"], "fr"),
        (["pt-BR"], None),
        (["ar-Latn"], None),
        (["en-AU", "de"], None),  # English is there for whoever wants it first
        (["tlh", "ja-JP"], "ja"),
        (["nonsense", "", "fr_CA.UTF-8"], "fr"),
        ([], None),
    ],
)
def test_the_first_wish_that_can_be_served_counts(wishes, found):
    assert match(wishes, THERE) == found


def test_the_language_of_a_country_serves_that_country_only():
    assert match(["pt-BR"], ["pt"]) == "pt"
    assert match(["pt-BR"], ["pt", "pt-BR"]) == "pt-BR"
    assert match(["pt-PT"], ["pt-BR"]) is None
    assert match(["zh-TW"], ["zh-Hans", "zh-Hant"]) == "zh-Hant"
    assert match(["sr"], ["sr-Latn"]) is None


@given(st.text(), st.text())
def test_no_name_of_a_language_is_an_error(wish, there):
    found = match([wish], [there])

    assert found in {None, there}


ENVIRONMENTS = [
    ({}, "fr", ["fr"]),
    ({"PYWRY_AUTH_LANGUAGE": "ja", "LANG": "de_DE.UTF-8"}, None, ["ja"]),
    ({"PYWRY_AUTH_LANGUAGE": "ja"}, "fr", ["fr"]),
    ({"LANG": "de_DE.UTF-8"}, None, ["de_DE.UTF-8"]),
    ({"LC_ALL": "fr_FR", "LC_MESSAGES": "es_ES", "LANG": "de_DE"}, None, ["fr_FR"]),
    ({"LC_ALL": "", "LC_MESSAGES": "es_ES", "LANG": "de_DE"}, None, ["es_ES"]),
    ({"LANGUAGE": "de:ja", "LANG": "fr_FR"}, None, ["de", "ja", "fr_FR"]),
    ({"LANGUAGE": "de"}, None, ["de"]),
    ({"LANGUAGE": "de", "LC_ALL": "C"}, None, []),
    ({"LC_ALL": "POSIX"}, None, []),
    ({"LANG": "C.UTF-8"}, None, ["C.UTF-8"]),
]


@pytest.mark.parametrize(("environ", "explicit", "wishes"), ENVIRONMENTS)
def test_what_is_said_nearest_to_us_counts(environ, explicit, wishes):
    assert list(wanted(explicit, environ, nobody)) == wishes


def test_the_system_is_asked_where_the_environment_says_nothing():
    assert wanted(None, {"PATH": "/bin", "LANG": ""}, lambda: ["de-CH", "en"]) == ["de-CH", "en"]


def test_what_windows_gives_is_taken_apart():
    assert split_names("de-DE\0en-US\0\0") == ["de-DE", "en-US"]
    assert split_names("\0\0") == []
    assert split_names("") == []


def test_this_system_can_be_asked():
    assert all(read_tag(name) for name in system_languages())
