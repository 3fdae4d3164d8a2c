"""What keeps the package from becoming a junk drawer."""

import ast
import re

import pytest
from house.source import ROOT, imports, modules


MAX_LINES = 300
JUNK = {"utils", "util", "helpers", "helper", "common", "misc", "types", "tools", "stuff", "base2"}
BANNED_CALLS = {"getattr", "hasattr", "setattr", "cast"}
TOP_LEVEL = {
    "pyproject.toml",
    "pywry_auth",
    "assets",
    "tests",
    "scripts",
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "LICENSE",
}
# package -> the files that may import it; heavy ones are imported inside functions besides
HOMES = {
    "keyring": {"pywry_auth/token_store/keyring_entries.py", "pywry_auth/testing/keyrings.py"},
    "cryptography": {
        "pywry_auth/token_store/sealing.py",
        "pywry_auth/testing/keys.py",
        "pywry_auth/demo/site.py",
    },
    "requests": {"pywry_auth/http_auth/requests_auth.py"},
    "redis": {"pywry_auth/token_store/redis_records.py"},
    "webview": {"pywry_auth/window/child.py", "pywry_auth/window/engine/"},
    "gi": {"pywry_auth/window/engine/"},
    "qtpy": {"pywry_auth/window/engine/", "pywry_auth/desktop/qt/"},
    "tkinter": {"pywry_auth/desktop/tk/"},
    "filelock": {"pywry_auth/lock.py"},
    "jeepney": {"pywry_auth/window/screen_lock.py"},
    "truststore": {"pywry_auth/http.py"},
    "h11": {"pywry_auth/callback_server/"},
    "tomlkit": {"pywry_auth/cli/saving.py"},
    "segno": {"pywry_auth/ui/qr.py"},
    "django": {"pywry_auth/demo/"},
    "oauth2_provider": {"pywry_auth/demo/"},
}


def calls(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id, node.lineno


@pytest.mark.parametrize("module", modules(), ids=lambda m: m.where)
def test_a_module_is_short_and_says_in_one_sentence_what_it_is(module):
    assert module.text.count("\n") <= MAX_LINES
    words = ast.get_docstring(module.tree)
    assert words, "a module needs a docstring"
    first = words.strip().split("\n\n")[0]
    assert not re.search(r"\band\b", first.split(";")[0]), "two modules in one: it needs an 'and'"
    assert first.endswith("."), "the first line is a sentence"


@pytest.mark.parametrize("module", modules(), ids=lambda m: m.where)
def test_a_module_keeps_the_house_rules(module):
    assert module.path.stem not in JUNK
    found = [f"line {line}: {name}()" for name, line in calls(module.tree) if name in BANNED_CALLS]
    assert found == []
    names = [name for name, _ in imports(module.tree)]
    assert not {"typing.Any", "typing.TYPE_CHECKING", "typing.cast"} & set(names)
    assert not [name for name in names if name.startswith("<relative>")]


def test_a_third_party_package_is_imported_in_its_home_only():
    found = []
    for module in modules():
        for name, line in imports(module.tree):
            homes = HOMES.get(name.split(".")[0])
            if homes and not any(module.where.startswith(home) for home in homes):
                found.append(f"{module.where}:{line} imports {name}")
    assert found == []


def test_the_top_level_holds_what_it_should():
    import subprocess

    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split("\n")
    top = {line.split("/")[0] for line in listed if line}
    if not top:
        pytest.skip("not a git checkout")
    assert {name for name in top if not name.startswith(".")} <= TOP_LEVEL


def test_broken_rules_are_seen():
    assert ("getattr", 1) in list(calls(ast.parse("getattr(x, 'y')")))
    assert "typing.Any" in [name for name, _ in imports(ast.parse("from typing import Any"))]
