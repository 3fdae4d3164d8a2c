"""What a person reads, in their language."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from pywry_auth.ui.assets import PACKAGE
from pywry_auth.ui.bidi import isolated


_PLACE = re.compile(r"\{([A-Za-z_]\w*)\}")


class Catalogue(Protocol):
    """The texts of one language, by their English ones; what is missing comes back in English."""

    def gettext(self, message: str, /) -> str:
        """Give the translation of *message*."""
        ...

    def ngettext(self, msgid1: str, msgid2: str, n: int, /) -> str:
        """Give the form that *n* things have."""
        ...


@dataclass(frozen=True, slots=True)
class Texts:
    """
    The texts of one language; one that is not translated is in English.

    Calling it gives a text: ``texts("Signed in as {name}", name="Ada")``. The English text is
    written out where it is used, since that is where ``scripts/texts`` finds it; one that stands in
    a table goes through ``later``. Whatever a translation holds, it never raises: one whose places
    are not those of the English text is passed over.

    Values keep to themselves: one that could turn round the order of the text about it, such as an
    address inside Arabic, is enclosed in isolates (U+2068, U+2069), which every toolkit and
    ``Pages`` understand.

    Attributes:
        language: a BCP 47 tag, for example ``"de"`` or ``"zh-Hans"``.
        direction: ``"ltr"`` or ``"rtl"``, as in HTML.
        catalogue: the translations; English without one.
    """

    language: str = "en"
    direction: str = "ltr"
    catalogue: Catalogue | None = field(default=None, repr=False, compare=False)

    def __call__(self, text: str, **values: object) -> str:
        """Give *text* in this language, with *values* in their places."""
        pattern = self.pattern(text)
        return pattern.format(**self._kept_apart(values)) if values else pattern

    def plural(self, one: str, many: str, n: int, **values: object) -> str:
        """
        Give the text for *n* things: ``texts.plural("{n} account", "{n} accounts", count)``.

        Args:
            one: the English text for one.
            many: the English text for any other number.
            n: how many; fills the place ``{n}``.
            values: what the other places are filled with.
        """
        english = one if n == 1 else many
        found = self._form(one, many, n) or english
        pattern = found if fits(found, many, free="n") else english
        return pattern.format(n=n, **self._kept_apart(values))

    def pattern(self, text: str) -> str:
        """Give *text* in this language, its places still empty."""
        if self.catalogue is None or not text:  # the empty text is the catalogue's own header
            return text
        found = self.catalogue.gettext(text)
        return found if fits(found, text) else text

    def _form(self, one: str, many: str, n: int) -> str:
        try:
            return self.catalogue.ngettext(one, many, n) if self.catalogue else ""
        except (ArithmeticError, ValueError):  # the rule that picks the form is damaged
            return ""

    def _kept_apart(self, values: Mapping[str, object]) -> dict[str, object]:
        return {
            name: value if isinstance(value, int | float) else isolated(str(value), self.direction)
            for name, value in values.items()
        }


ENGLISH = Texts()


def later(text: str) -> str:
    """
    Mark an English *text* that is translated where it is shown, and give it back.

    For tables and constants: ``TITLE = later("Signed out")``, then ``texts(TITLE)``.
    """
    return text


def texts_for(language: str | None = None, *, package: Path = PACKAGE) -> Texts:
    """
    Give the texts of *language*, or of the language this person uses.

    That is ``PYWRY_AUTH_LANGUAGE``, else what ``LANGUAGE``, ``LC_ALL``, ``LC_MESSAGES`` or ``LANG``
    say, else the first language of the operating system that there is. One that there is not, or
    whose translations are damaged, gives English.

    Args:
        language: a BCP 47 tag; ``de-AT`` is served by ``de``.
        package: where the translations are looked for.
    """
    # Not before: an application that shows nothing yet needs no language.
    import os

    from pywry_auth.ui.catalogue import read_catalogue, shipped
    from pywry_auth.ui.languages import match, read_tag, wanted
    from pywry_auth.ui.system_language import system_languages

    wishes = wanted(language, os.environ, system_languages)
    found = match(wishes, shipped(package)) if wishes else None
    tag = read_tag(found) if found else None
    if not found or tag is None:
        return ENGLISH
    catalogue = read_catalogue(found, package)
    return Texts(found, tag.direction, catalogue) if catalogue else ENGLISH


def fits(found: str, text: str, *, free: str = "") -> bool:
    """
    Tell whether the translation *found* has the places of the English *text*, and no stray brace.

    Args:
        found: the translation.
        text: what it stands for.
        free: a place it may have or not: many languages say "one" without a number.
    """
    if found == text:
        return True
    rest = _PLACE.sub("", found)
    places = set(_PLACE.findall(found)) ^ set(_PLACE.findall(text))
    return "{" not in rest and "}" not in rest and places <= {free}
