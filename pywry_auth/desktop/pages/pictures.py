"""The pictures that pages of ours show beside a text."""

from collections.abc import Sequence

from pywry_auth.desktop.pages.logo import Logo
from pywry_auth.desktop.pages.site import Served
from pywry_auth.desktop.values import ProviderChoice
from pywry_auth.errors import ConfigError


POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
MARK_HEIGHT = 40  # pixels; shown half as high, on screens that draw two for one


def picture(content: bytes, kind: str) -> Served:
    """Give a picture that can do nothing but be looked at."""
    return Served(content, kind, POLICY)


class Marks:
    """The marks of providers; each is read once."""

    def __init__(self) -> None:
        self._read: dict[str, Logo | None] = {}

    def has(self, choice: ProviderChoice) -> bool:
        """Whether there is a mark of *choice* to show."""
        return self._of(choice) is not None

    def numbered(self, number: str, choices: Sequence[ProviderChoice]) -> Served | None:
        """Give the mark of the one of *choices* that a page calls *number*; else None."""
        if not number.isascii() or not number.isdigit() or int(number) >= len(choices):
            return None
        logo = self._of(choices[int(number)])
        return None if logo is None else picture(logo.content, logo.kind)

    def _of(self, choice: ProviderChoice) -> Logo | None:
        if not choice.mark:
            return None
        if choice.mark not in self._read:
            self._read[choice.mark] = _read(choice)
        return self._read[choice.mark]


def _read(choice: ProviderChoice) -> Logo | None:
    from pywry_auth.desktop.marks import mark_for

    mark = mark_for(choice)
    file = mark.drawing or mark.bitmap(MARK_HEIGHT, dark=False)
    if not mark.is_own or file is None:
        return None
    try:
        return Logo.read(file)
    except ConfigError:
        return None
