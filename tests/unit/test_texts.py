"""What a person reads is in their language, and never an error."""

import io
import logging
import subprocess
import sys

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from hypothesis import given
from hypothesis import strategies as st

from pywry_auth.ui.assets import PACKAGE
from pywry_auth.ui.bidi import FSI, PDI
from pywry_auth.ui.catalogue import read_catalogue, shipped
from pywry_auth.ui.texts import ENGLISH, Texts, fits, later, texts_for


SIGNED_IN = "You are signed in"


def compiled(language, translations):
    catalog = Catalog(locale=language, charset="utf-8")
    for english, translation in translations.items():
        catalog.add(english, string=translation)
    target = io.BytesIO()
    write_mo(target, catalog)
    return target.getvalue()


@pytest.fixture
def package(tmp_path):
    """Give a package that ships what ``ship`` is told to."""

    class Package:
        path = tmp_path / "pywry_auth"

        def ship(self, language, content):
            folder = self.path / "_assets" / "locale" / language / "LC_MESSAGES"
            folder.mkdir(parents=True)
            data = content if isinstance(content, bytes) else compiled(language, content)
            (folder / "pywry_auth.mo").write_bytes(data)
            return self

        def texts(self, language):
            return texts_for(language, package=self.path)

    return Package()


def test_english_needs_no_catalogue():
    assert ENGLISH("Signed in as {name}", name="Ada") == "Signed in as Ada"
    assert ENGLISH("100 {percent}") == "100 {percent}"
    assert ENGLISH("") == ""
    assert (ENGLISH.language, ENGLISH.direction) == ("en", "ltr")
    assert later("Signed out") == "Signed out"


def test_every_language_that_is_shipped_speaks():
    assert shipped() == ["ar", "de", "es", "fr", "ja", "zh-Hans"]
    said = {texts_for(language)(SIGNED_IN) for language in (*shipped(), "en")}
    assert len(said) == 7
    assert texts_for("de")(SIGNED_IN) == "Sie sind angemeldet"


@pytest.mark.parametrize(
    ("asked", "language", "direction"),
    [
        ("de-AT", "de", "ltr"),
        ("zh-CN", "zh-Hans", "ltr"),
        ("zh_Hans", "zh-Hans", "ltr"),
        ("ar-EG", "ar", "rtl"),
        ("zh-TW", "en", "ltr"),
        ("xx", "en", "ltr"),
        ("no language at all", "en", "ltr"),
        ("en-GB", "en", "ltr"),
    ],
)
def test_a_tag_gets_the_language_that_serves_it(asked, language, direction):
    texts = texts_for(asked)

    assert (texts.language, texts.direction) == (language, direction)


def test_what_the_person_uses_is_asked_for_where_nobody_says(monkeypatch):
    monkeypatch.setenv("PYWRY_AUTH_LANGUAGE", "ja")
    assert texts_for().language == "ja"
    assert texts_for("fr").language == "fr"
    monkeypatch.delenv("PYWRY_AUTH_LANGUAGE")
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.delenv("LC_MESSAGES", raising=False)
    monkeypatch.setenv("LANG", "es_MX.UTF-8")
    monkeypatch.setenv("LANGUAGE", "tlh:de:ja")
    assert texts_for().language == "de"


def test_what_is_not_translated_is_english(package):
    texts = package.ship("de", {"Back": "Zurück"}).texts("de")

    assert texts("Back") == "Zurück"
    assert texts("Forward to {place}", place="Ulm") == "Forward to Ulm"
    assert texts("") == ""  # not the header of the catalogue


@pytest.mark.parametrize(
    "damaged",
    [
        "Hallo {nome}",
        "Hallo",
        "Hallo {name} {other}",
        "Hallo {name",
        "Hallo {name}}",
        "Hallo {}",
        "Hallo {0}",
        "Hallo {name!r}",
        "Hallo {name:>9}",
        "Hallo {name.__class__}",
    ],
)
def test_a_translation_with_other_places_is_passed_over(package, damaged):
    texts = package.ship("de", {"Hello {name}": damaged}).texts("de")

    assert texts("Hello {name}", name="Ada") == "Hello Ada"
    assert texts.pattern("Hello {name}") == "Hello {name}"


@given(st.text(alphabet="{}nam!:.[]0 e"))
def test_no_translation_ever_raises(translation):
    class Shipped:
        def gettext(self, _message, /):
            return translation

        def ngettext(self, _one, _many, _n, /):
            return translation

    texts = Texts("de", "ltr", Shipped())
    texts("Hello {name}", name="Ada")
    texts.plural("one {name}", "{n} {name}", 3, name="Ada")


def test_a_number_has_the_form_of_its_language(package):
    forms = ("صفر", "واحد", "اثنان", "{n} قليل", "{n} كثير", "{n} آخر")
    package.ship("ar", {("{n} account", "{n} accounts"): forms})
    texts = package.texts("ar")
    said = [texts.plural("{n} account", "{n} accounts", n) for n in (0, 1, 2, 3)]

    assert said == ["صفر", "واحد", "اثنان", "3 قليل"]
    assert ENGLISH.plural("{n} account", "{n} accounts", 1) == "1 account"
    assert ENGLISH.plural("one account", "{n} accounts of {who}", 2, who="Ada") == (
        "2 accounts of Ada"
    )


def test_a_plural_that_lost_a_place_is_passed_over(package):
    package.ship("de", {("One of {who}", "{n} of {who}"): ("Eins", "{n} Stück")})
    texts = package.texts("de")

    assert texts.plural("One of {who}", "{n} of {who}", 1, who="Ada") == "One of Ada"
    assert texts.plural("One of {who}", "{n} of {who}", 2, who="Ada") == "2 of Ada"


def test_a_number_whose_form_cannot_be_computed_is_english(package):
    whole = compiled("de", {("{n} way", "{n} ways"): ("{n} Weg", "{n} Wege")})
    package.ship("de", whole.replace(b"plural=(n != 1)", b"plural=(n % (0))"))
    texts = package.texts("de")

    assert texts is not ENGLISH
    assert texts.plural("{n} way", "{n} ways", 2) == "2 ways"


def test_a_value_keeps_to_itself_where_it_could_turn_the_text_round(package):
    package.ship("ar", {"Signed in as {name}": "دخل باسم {name}"})
    arabic = package.texts("ar")

    assert arabic("Signed in as {name}", name="ada@example.com") == (
        f"دخل باسم {FSI}ada@example.com{PDI}"
    )
    assert ENGLISH("Signed in as {name}", name="ada@example.com") == "Signed in as ada@example.com"
    assert ENGLISH("Signed in as {name}", name="عائشة") == f"Signed in as {FSI}عائشة{PDI}"
    assert ENGLISH("Signed in as {name}", name="Åse") == "Signed in as Åse"
    assert ENGLISH("{n} tries", n=3) == "3 tries"


@pytest.mark.parametrize("size", [0, 3, 4, 20, 27, 40, 60, -1])
def test_a_damaged_catalogue_is_english_with_a_warning(package, caplog, size):
    whole = compiled("de", {SIGNED_IN: "Sie sind angemeldet", "Back": "Zurück"})
    package.ship("de", whole[:size])

    with caplog.at_level(logging.WARNING):
        texts = package.texts("de")

    assert texts is ENGLISH
    assert [record.message for record in caplog.records] == ["texts.damaged"]


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), min_size=1, max_size=9))
def test_no_overwritten_catalogue_raises(tmp_path_factory, changes):
    content = bytearray(compiled("de", {SIGNED_IN: "Sie sind angemeldet", ("a", "b"): ("c", "d")}))
    for place, value in changes:
        content[place % len(content)] = value
    package = tmp_path_factory.mktemp("damaged") / "pywry_auth"
    folder = package / "_assets" / "locale" / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "pywry_auth.mo").write_bytes(content)

    texts = texts_for("de", package=package)

    assert isinstance(texts(SIGNED_IN), str)
    assert isinstance(texts.plural("a", "b", 2), str)


def test_a_catalogue_that_is_gone_is_english(package, caplog):
    assert read_catalogue("de", package.path) is None
    assert "texts.damaged" in caplog.text
    assert package.texts("de") is ENGLISH


def test_places_are_those_of_the_english_text():
    assert fits("{b} und {a}", "{a} and {b}")
    assert not fits("{a}", "{a} and {b}")
    assert fits("eins", "{n} things", free="n")
    assert not fits("eins", "{n} things")


def test_only_another_language_loads_gettext():
    def loaded(language):
        code = (
            "import sys; from pywry_auth.ui.texts import texts_for; "
            f"texts_for({language!r})('Back'); "
            "print(sorted({'gettext', 'logging', 'ctypes', 'unicodedata', 'asyncio'}"
            " & set(sys.modules)))"
        )
        told = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            cwd=PACKAGE.parent,
        )
        return told.stdout.strip()

    assert loaded("en") == "[]"
    assert loaded("de") == "['gettext']"
