"""How each provider wants to be shown on a button: its mark, its colours, its measures."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pywry_auth.desktop.button_values import MenuItem, Verb
from pywry_auth.desktop.values import ProviderChoice
from pywry_auth.ui.assets import asset
from pywry_auth.ui.texts import Texts


#: heights in pixels of the bitmaps beside a drawing, for toolkits that read no SVG
BITMAP_SIZES = (20, 25, 30, 35, 40, 50, 60)


@dataclass(frozen=True, slots=True)
class Colors:
    """
    The colours of one button, each ``#rrggbb``.

    Attributes:
        ground: behind everything.
        edge: the line round it.
        ink: its words.
    """

    ground: str
    edge: str
    ink: str


@dataclass(frozen=True, slots=True)
class Brand:
    """
    What a provider asks of a button that bears its name.

    Attributes:
        light: its colours on a light ground.
        dark: its colours on a dark ground.
        titles: what the button may say, in English, the first by preference.
        family: the typeface it asks for, "" for that of the system; none is shipped.
        weight: of the typeface, as in CSS.
        font_size: of the words, in pixels at 100 %.
        height: of the button, in pixels at 100 %; never less.
        width: of the button, in pixels at 100 %; never less.
        mark_size: height of the mark, in pixels at 100 %.
        padding: pixels at 100 % before the mark, between mark and words, after the words.
        radius: of the corners, in pixels at 100 %.
        wants_mark: the provider allows no button without its mark; see ``guide`` for the file.
        tinted: the mark is drawn in the colour of the words.
        guide: where the provider says all this, an https address, or "".
    """

    light: Colors
    dark: Colors
    titles: tuple[str, ...] = ()
    family: str = ""
    weight: int = 500
    font_size: int = 14
    height: int = 40
    width: int = 0
    mark_size: int = 20
    padding: tuple[int, int, int] = (12, 10, 12)
    radius: int = 6
    wants_mark: bool = False
    tinted: bool = False
    guide: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """
    One provider as a button shows it.

    Attributes:
        title: how people call the provider.
        brand: its rules.
        drawing: an SVG file, or None.
        bitmaps: PNG or GIF files for a light ground, by their height in pixels.
        dark_bitmaps: the same for a dark ground.
        is_own: it is a mark of this provider and no symbol that stands for any.
    """

    title: str
    brand: Brand
    drawing: Path | None = None
    bitmaps: dict[int, Path] = field(default_factory=dict[int, Path])
    dark_bitmaps: dict[int, Path] = field(default_factory=dict[int, Path])
    is_own: bool = False

    def label(self, texts: Texts) -> str:
        """Give the words of the button; every brand here allows these."""
        return texts("Sign in with {provider}", provider=self.title)

    def colors(self, *, dark: bool) -> Colors:
        """Give the colours for a light or a dark ground."""
        return self.brand.dark if dark else self.brand.light

    def bitmap(self, height: float, *, dark: bool) -> Path | None:
        """Give the bitmap that is best shown *height* pixels high: exact, else the next larger."""
        found = self.dark_bitmaps if dark else self.bitmaps
        fitting = [size for size in sorted(found) if size >= height]
        size = fitting[0] if fitting else max(found, default=0)
        return found.get(size)

    @property
    def lacks_mark(self) -> bool:
        """Whether the provider's terms ask for a mark that the application has not given."""
        return self.brand.wants_mark and not self.is_own


_TITLES = ("Sign in with {provider}", "Sign up with {provider}", "Continue with {provider}")

#: a provider without rules of its own, in the colours of the house
PLAIN = Brand(
    light=Colors(ground="#ffffff", edge="#c9cedb", ink="#1b1f29"),
    dark=Colors(ground="#252a35", edge="#4a5264", ink="#eef0f5"),
    titles=_TITLES,
    tinted=True,
)

BRANDS: dict[str, Brand] = {
    "google": Brand(
        light=Colors(ground="#ffffff", edge="#747775", ink="#1f1f1f"),
        dark=Colors(ground="#131314", edge="#8e918f", ink="#e3e3e3"),
        titles=_TITLES,
        family="Roboto",
        radius=4,
        wants_mark=True,
        guide="https://developers.google.com/identity/branding-guidelines",
    ),
    "microsoft": Brand(
        light=Colors(ground="#ffffff", edge="#8c8c8c", ink="#5e5e5e"),
        dark=Colors(ground="#2f2f2f", edge="#2f2f2f", ink="#ffffff"),
        titles=("Sign in with {provider}", "Sign in"),
        family="Segoe UI",
        weight=600,
        font_size=15,
        height=41,
        mark_size=21,
        padding=(12, 12, 12),
        radius=0,
        wants_mark=True,
        guide="https://learn.microsoft.com/entra/identity-platform/howto-add-branding-in-apps",
    ),
    "apple": Brand(
        # On a light ground Apple asks for black, on a dark one for white.
        light=Colors(ground="#000000", edge="#000000", ink="#ffffff"),
        dark=Colors(ground="#ffffff", edge="#ffffff", ink="#000000"),
        titles=_TITLES,
        font_size=17,  # 43 % of the height
        width=140,
        wants_mark=True,
        guide="https://developer.apple.com/design/human-interface-guidelines/sign-in-with-apple",
    ),
    "github": Brand(
        # Its mark is black and may not be recoloured, so its ground is light everywhere.
        light=Colors(ground="#ffffff", edge="#d1d9e0", ink="#1f2328"),
        dark=Colors(ground="#f6f8fa", edge="#f6f8fa", ink="#1f2328"),
        titles=_TITLES,
        guide="https://github.com/logos",
    ),
    "gitlab": Brand(
        light=PLAIN.light,
        dark=PLAIN.dark,
        titles=_TITLES,
        tinted=True,
        guide="https://about.gitlab.com/press/press-kit/",
    ),
}

_SHIPPED = frozenset({"github"})
_OF_ANYBODY = "key"


def mark_for(choice: ProviderChoice) -> Mark:
    """
    Give what shows *choice* on a button, within the rules of its brand.

    ``choice.mark`` is a brand's name, or the path of a file the application brings along: SVG, PNG
    or GIF, called after its brand (``google.svg``) where that has rules. ``<name>-dark.<ending>``
    beside it is taken on a dark ground. A file that is not there is no mark.
    """
    brand = BRANDS.get(_brand_name(choice.mark), PLAIN)
    if choice.mark in _SHIPPED:
        return Mark(choice.title, brand, *_shipped(choice.mark), is_own=True)
    file = Path(choice.mark)
    if choice.mark and file.is_absolute() and file.is_file():
        return _brought(choice.title, brand, file)
    if brand.wants_mark:
        return Mark(choice.title, brand)  # a key beside such a name would pass for its mark
    return Mark(choice.title, brand, *_shipped(_OF_ANYBODY))


def mark_of(item: MenuItem | None, providers: Sequence[ProviderChoice]) -> Mark | None:
    """Give the mark of the provider at which pressing *item* signs in; None for anything else."""
    if item is None or item.verb is not Verb.SIGN_IN:
        return None
    found = (choice for choice in providers if choice.name == item.key)
    return next((mark_for(choice) for choice in found), None)


def _brand_name(mark: str) -> str:
    return re.split(r"[^a-z0-9]", Path(mark).name.lower())[0]


def _shipped(name: str) -> tuple[Path, dict[int, Path], dict[int, Path]]:
    return asset(f"logos/{name}.svg"), _bitmaps(name, "light"), _bitmaps(name, "dark")


def _bitmaps(name: str, ground: str) -> dict[int, Path]:
    stem = name if name in _SHIPPED else f"{name}-{ground}"
    return {size: asset(f"logos/{stem}-{size}.png") for size in BITMAP_SIZES}


def _brought(title: str, brand: Brand, file: Path) -> Mark:
    if file.suffix.lower() == ".svg":
        return Mark(title, brand, drawing=file, is_own=True)
    dark = file.with_name(f"{file.stem}-dark{file.suffix}")
    # Its own height is not read here; it is shown as it is.
    bitmaps = {brand.mark_size: file}
    dark_bitmaps = {brand.mark_size: dark} if dark.is_file() else bitmaps
    return Mark(title, brand, bitmaps=bitmaps, dark_bitmaps=dark_bitmaps, is_own=True)
