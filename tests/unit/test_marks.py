import hashlib
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from pywry_auth.desktop.marks import BITMAP_SIZES, BRANDS, PLAIN, mark_for
from pywry_auth.desktop.values import ProviderChoice
from pywry_auth.ui.assets import asset
from pywry_auth.ui.texts import ENGLISH


LOGOS = asset("logos/README.md").parent
PIXEL = bytes.fromhex(
    "47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b"
)


def choice(mark: str, title: str = "Acme") -> ProviderChoice:
    return ProviderChoice(name="work", title=title, mark=mark)


def size_of_png(path: Path) -> tuple[int, int]:
    head = path.read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    return int.from_bytes(head[16:20]), int.from_bytes(head[20:24])


def luminance(color: str) -> float:
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_a_provider_without_a_mark_gets_the_key_that_is_nobodys_trademark():
    mark = mark_for(choice(""))
    assert mark.drawing == LOGOS / "key.svg"
    assert not mark.is_own
    assert not mark.lacks_mark
    assert mark.brand is PLAIN


def test_github_is_shown_with_its_own_drawing_unmodified():
    mark = mark_for(choice("github", "GitHub"))
    assert mark.is_own
    assert mark.drawing is not None
    # the digest of the file as GitHub published it
    assert hashlib.sha256(mark.drawing.read_bytes()).hexdigest() == (
        "7421820090b50ac79d7c2bf7c951a433d7098a8a9c474809207bdd45f62d9d46"
    )
    assert not mark.brand.tinted  # it may not be recoloured


@pytest.mark.parametrize("name", ["google", "microsoft", "apple"])
def test_a_brand_that_asks_for_its_mark_is_never_given_another_symbol(name):
    mark = mark_for(choice(name))
    assert mark.lacks_mark
    assert mark.drawing is None
    assert mark.bitmap(20, dark=False) is None
    assert mark.brand.guide.startswith("https://")


def test_an_application_brings_the_file_it_has_downloaded(tmp_path):
    file = tmp_path / "google.svg"
    file.write_text("<svg/>")
    mark = mark_for(choice(str(file), "Google"))
    assert mark.drawing == file
    assert mark.is_own
    assert not mark.lacks_mark
    assert mark.brand is BRANDS["google"]


def test_a_bitmap_may_have_a_dark_twin(tmp_path):
    light, dark = tmp_path / "acme.gif", tmp_path / "acme-dark.gif"
    light.write_bytes(PIXEL)
    mark = mark_for(choice(str(light)))
    assert mark.bitmap(20, dark=True) == light
    dark.write_bytes(PIXEL)
    mark = mark_for(choice(str(light)))
    assert mark.bitmap(20, dark=True) == dark
    assert mark.bitmap(20, dark=False) == light


def test_a_file_that_is_not_there_is_no_mark(tmp_path):
    assert not mark_for(choice(str(tmp_path / "acme.png"))).is_own


@pytest.mark.parametrize("mark", ["../../secret", "github/../key", "nobody", "GITHUB.svg"])
def test_a_name_never_leaves_the_folder_of_the_marks(mark):
    assert mark_for(choice(mark)).drawing == LOGOS / "key.svg"


def test_a_bitmap_is_never_smaller_than_asked_where_there_is_a_larger():
    mark = mark_for(choice("github"))
    assert mark.bitmap(20, dark=False) == LOGOS / "github-20.png"
    assert mark.bitmap(36, dark=False) == LOGOS / "github-40.png"
    assert mark.bitmap(90, dark=False) == LOGOS / "github-60.png"
    assert mark_for(choice("")).bitmap(20, dark=True) == LOGOS / "key-dark-20.png"


@pytest.mark.parametrize("name", ["github", "key-light", "key-dark"])
@pytest.mark.parametrize("size", BITMAP_SIZES)
def test_every_bitmap_is_as_large_as_its_name_says(name, size):
    assert size_of_png(LOGOS / f"{name}-{size}.png") == (size, size)


@pytest.mark.parametrize("name", sorted(BRANDS))
def test_the_words_are_among_those_the_brand_allows(name):
    mark = mark_for(choice(name, "Acme"))
    allowed = {title.format(provider="Acme") for title in mark.brand.titles}
    assert mark.label(ENGLISH) in allowed


@pytest.mark.parametrize("brand", [*BRANDS.values(), PLAIN])
def test_every_button_can_be_read(brand):
    for colors in (brand.light, brand.dark):
        assert all(re.fullmatch(r"#[0-9a-f]{6}", c) for c in (colors.ground, colors.ink))
        assert contrast(colors.ground, colors.ink) >= 4.5  # WCAG 1.4.3
    assert brand.height >= 24  # WCAG 2.5.8
    assert brand.mark_size <= brand.height


def test_google_has_the_colours_google_publishes():
    brand = BRANDS["google"]
    assert (brand.light.ground, brand.light.edge, brand.light.ink) == (
        "#ffffff",
        "#747775",
        "#1f1f1f",
    )
    assert (brand.dark.ground, brand.dark.edge, brand.dark.ink) == ("#131314", "#8e918f", "#e3e3e3")
    assert brand.padding == (12, 10, 12)


@pytest.mark.parametrize("drawing", sorted(LOGOS.glob("*.svg")), ids=lambda path: path.name)
def test_every_drawing_says_where_it_comes_from_and_can_do_nothing(drawing):
    assert drawing.with_suffix(".SOURCE.md").is_file()
    root = ET.fromstring(drawing.read_text())  # noqa: S314  # our own files
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert tags <= {"svg", "path"}  # no script, no link, no style that a policy would refuse
    names = {name for element in root.iter() for name in element.attrib}
    assert not [name for name in names if name.startswith("on") or "href" in name]
