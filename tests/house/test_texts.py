"""Every text a person reads is found, translated, and the same wherever it is written."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from house.source import ROOT


sys.path.insert(0, str(ROOT / "scripts" / "text_parts"))

files = pytest.importorskip("text_files", reason="babel is not installed")
sources = pytest.importorskip("text_sources")
texts = pytest.importorskip("catalogues")


def test_the_translations_follow_the_sources():
    told = subprocess.run(
        [str(ROOT / "scripts" / "texts"), "--check"], capture_output=True, text=True, check=False
    )

    assert told.returncode == 0, told.stderr


@pytest.mark.parametrize("language", files.LANGUAGES)
def test_every_file_says_whether_a_person_has_read_it(language):
    header = files.po_path(language).read_text("utf-8").partition("\n\n")[0]

    assert ("X-Draft: machine-made" in header) == ("machine-made draft" in header)
    assert f"Language: {language}" in header


def test_texts_are_found_where_they_are_written():
    found = {text.text for text in sources.found_texts()}

    assert "You are signed in" in found  # in a page
    assert "time left" in found  # in an attribute
    assert "the application" in found  # marked for later


def test_every_way_to_write_a_text_is_found():
    source = """
# Translators: a verb
texts("Open", x=1)
self._texts("a" if x else "b")
self.texts.plural("{n} thing", "{n} things", 3)
table = [lambda t: t("two "
    "lines"), later("later")]
texts(variable)
print("not this one")
"""
    found = [
        (text.text, text.many, text.comment) for text in sources.in_python(source, "somewhere.py")
    ]

    assert found == [
        ("Open", "", "a verb"),
        ("a", "", ""),
        ("b", "", ""),
        ("{n} thing", "{n} things", ""),
        ("two lines", "", ""),
        ("later", "", ""),
    ]


@pytest.mark.parametrize(
    ("english", "translated"),
    [
        ("Hello {name}", "Hallo"),
        ("Hello {name}", "Hallo {nome}"),
        ("Hello {name}", "Hallo <b>{name}</b>"),
        ("Hello", "Hallo "),
        ("Hello", ""),
        ("Open in my &browser", "Im Browser öffnen"),
        ("a &amp; b", "a &amp; b"),
        (("one", "{n} of {who}"), "{n}"),
    ],
)
def test_a_bad_translation_is_seen(english, translated):
    assert texts.unfit_translation(english, translated)


@pytest.mark.parametrize("english", ["Hello <b>you</b>", "Hello {0}", "Hello {name!r}", " Hello"])
def test_a_bad_text_is_seen(english):
    assert texts.unfit(english)


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """Give the files of translators, to be spoiled."""
    shutil.copytree(files.FOLDER, tmp_path / "locale")
    monkeypatch.setattr(files, "FOLDER", tmp_path / "locale")
    monkeypatch.setattr(texts, "TEMPLATE", tmp_path / "locale" / "pywry_auth.pot")
    return tmp_path


@pytest.mark.usefixtures("copied")
def test_a_file_that_was_not_compiled_is_seen():
    assert texts.faults("de") == []
    path = files.po_path("de")
    path.write_text(path.read_text("utf-8").replace("Sie sind angemeldet", "Angemeldet"), "utf-8")

    assert texts.faults("de") == ["de: the compiled file is not that of the other one"]


@pytest.mark.usefixtures("copied")
def test_a_translation_that_is_missing_is_seen(monkeypatch, capsys):
    path = files.po_path("fr")
    path.write_text(path.read_text("utf-8").replace('"Vous êtes connecté"', '""'), "utf-8")

    monkeypatch.setattr(texts, "STRICT", True)
    assert texts.check() == 1
    assert "fr: 'You are signed in': is not translated" in capsys.readouterr().err


@pytest.mark.usefixtures("copied")
def test_a_text_that_is_in_no_file_is_seen():
    template = files.template_of([sources.Found("A new text", "", "new.py")])

    stale = texts.stale_parts(template)

    assert "pywry_auth.pot: does not hold the texts of the sources" in stale
    assert "de: 1 texts are not translated" in stale


@pytest.mark.usefixtures("copied")
def test_translations_are_taken_and_compiled():
    template = files.template_of(
        [
            sources.Found("You are signed in", "", "old.py"),
            sources.Found("A new text", "", "new.py"),
            sources.Found("{n} thing", "{n} things", "new.py"),
        ]
    )
    several = {"de": {"A new text": "Neu", "{n} thing": ["{n} Ding", "{n} Dinge"]}}

    texts.update(template, json.loads(json.dumps(several)))

    assert texts.missing(template)["de"] == []
    assert texts.missing(template)["fr"] == ["A new text", ["{n} thing", "{n} things"]]
    assert texts.faults("de") == []
    assert "Sie sind angemeldet" in files.po_path("de").read_text("utf-8")
    assert b"Neu" in Path(files.mo_path("de")).read_bytes()


def test_the_same_texts_make_the_same_files(copied):
    template = files.template_of(sources.found_texts())
    texts.update(template, {})
    before = {path: path.read_bytes() for path in copied.rglob("pywry_auth.*")}
    texts.update(template, {})

    assert before == {path: path.read_bytes() for path in copied.rglob("pywry_auth.*")}
    assert len(before) == 1 + 2 * len(files.LANGUAGES)
