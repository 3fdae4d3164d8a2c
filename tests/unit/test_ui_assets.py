from pathlib import Path

import pytest

from pywry_auth.ui.assets import asset


def _file(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_an_asset_is_found_inside_an_installed_package(tmp_path: Path) -> None:
    package = tmp_path / "site-packages" / "pywry_auth"
    shipped = _file(package / "_assets" / "pages" / "a.html", "wheel")

    assert asset("pages/a.html", package=package) == shipped


def test_an_asset_is_found_beside_the_package_in_a_checkout(tmp_path: Path) -> None:
    package = tmp_path / "checkout" / "pywry_auth"
    source = _file(tmp_path / "checkout" / "assets" / "pages" / "a.html", "checkout")

    assert asset("pages/a.html", package=package) == source


def test_what_is_inside_the_package_comes_first(tmp_path: Path) -> None:
    package = tmp_path / "pywry_auth"
    _file(tmp_path / "assets" / "a.css", "somebody else's")
    shipped = _file(package / "_assets" / "a.css", "ours")

    assert asset("a.css", package=package) == shipped


def test_a_missing_asset_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"pages/none\.html"):
        asset("pages/none.html", package=tmp_path / "pywry_auth")
