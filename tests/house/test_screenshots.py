"""The pictures of the README: few, small, each made by the script that makes them all."""

import re
import sys

import pytest
from house.source import ROOT


FOLDER = ROOT / "assets" / "screenshots"
PICTURES = sorted(FOLDER.iterdir())
MAX_BYTES = 200_000


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.name)
def test_a_picture_is_small(path):
    assert path.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    assert path.stat().st_size <= MAX_BYTES


def test_each_picture_has_its_maker(monkeypatch):
    monkeypatch.setattr(sys, "path", [str(ROOT / "scripts" / "gallery_parts"), *sys.path])
    from readme import SHEETS

    assert {path.stem for path in PICTURES} == set(SHEETS)


def test_what_the_readme_shows_is_there():
    shown = re.findall(r"assets/screenshots/([\w-]+\.png)", (ROOT / "README.md").read_text("utf-8"))
    assert shown
    assert set(shown) <= {path.name for path in PICTURES}
