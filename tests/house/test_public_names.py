"""The public names: loaded lazily, typed beside, each from the part that builds it."""

import ast
import subprocess
import sys
from importlib import import_module

import pytest
from house.source import PACKAGE, ROOT


LAZY = (
    "pywry_auth",
    "pywry_auth.flow",
    "pywry_auth.coach",
    "pywry_auth.desktop",
    "pywry_auth.grants",
    "pywry_auth.http_auth",
    "pywry_auth.integrations",
    "pywry_auth.integrations.targets",
    "pywry_auth.protocol",
    "pywry_auth.ui",
    "pywry_auth.providers",
    "pywry_auth.preflight",
    "pywry_auth.session",
    "pywry_auth.testing",
)
HEAVY = ("asyncio", "httpx", "joserfc", "cryptography", "pydantic", "keyring", "webview", "logging")


def stub_names(package):
    path = ROOT.joinpath(*package.split(".")) / "__init__.pyi"
    tree = ast.parse(path.read_text("utf-8"))
    return {
        alias.asname or alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


@pytest.mark.parametrize("package", LAZY)
def test_the_stub_holds_exactly_the_public_names(package):
    assert stub_names(package) == set(dir(import_module(package)))


@pytest.mark.parametrize("package", LAZY)
def test_every_public_name_is_there(package):
    module = import_module(package)
    for name in dir(module):
        assert vars(sys.modules[package]).get(name) or module.__getattr__(name) is not None


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = import_module("pywry_auth").nonsense


def test_importing_the_package_loads_nothing_heavy():
    code = "import sys, pywry_auth; print(*[m for m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PACKAGE.parent
    )
    loaded = set(done.stdout.split())
    assert not loaded & set(HEAVY)
    ours = sorted(name for name in loaded if name.startswith("pywry_auth"))
    assert ours == ["pywry_auth", "pywry_auth.lazy"]


def test_the_parts_of_a_sign_in_load_no_heavy_package():
    code = (
        "import sys; from pywry_auth import AuthFlowManager, SessionManager, GenericOIDCProvider,"
        " KeyringTokenStore; print(*[m for m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PACKAGE.parent
    )
    heavy = {"asyncio", "httpx", "joserfc", "cryptography", "pydantic", "keyring", "webview", "h11"}
    assert not set(done.stdout.split()) & heavy
