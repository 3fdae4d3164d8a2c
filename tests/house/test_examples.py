"""The example applications: short enough to be read whole, and named where they are started."""

import ast

import pytest
from house.source import ROOT


MAX_LINES = 119
PUBLIC = {
    "pywry_auth",
    "pywry_auth.desktop",
    "pywry_auth.desktop.qt.button",  # of a toolkit each, so only who has it imports it
    "pywry_auth.desktop.tk.button",
}
EXAMPLES = sorted((ROOT / "scripts" / "examples").glob("*_notes.py"))


def test_every_kind_of_application_has_its_example():
    assert [path.name for path in EXAMPLES] == [
        "cli_notes.py",
        "notebook_notes.py",
        "pywebview_notes.py",
        "qt_notes.py",
        "tk_notes.py",
    ]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_short_and_lives_from_public_names(path):
    text = path.read_text("utf-8")
    assert text.count("\n") <= MAX_LINES
    used = {
        node.module
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("pywry_auth")
    }
    assert used <= {"pywry_auth", "pywry_auth.desktop"}


def test_the_script_that_starts_them_names_them_all():
    said = (ROOT / "scripts" / "example").read_text("utf-8").splitlines()[1]
    for path in EXAMPLES:
        assert path.stem.removesuffix("_notes") in said
