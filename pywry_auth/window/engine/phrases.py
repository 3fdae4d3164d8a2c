"""The words on the bar, the same for every toolkit."""

import re
from dataclasses import dataclass
from typing import assert_never

from pywry_auth.ui.texts import ENGLISH, Texts
from pywry_auth.window.engine.roles import BarWords, Sign


#: how some languages name the letter, which is none of theirs
FOREIGN_LETTER = re.compile(r"\s*\(&\w\)")


@dataclass(frozen=True, slots=True)
class Phrases:
    """
    What is written on the bar in one language.

    An ampersand marks the letter that works with Alt.
    """

    texts: Texts = ENGLISH

    @property
    def is_mirrored(self) -> bool:
        """Whether the language runs from right to left, and the bar with it."""
        return self.texts.direction == "rtl"

    @property
    def back(self) -> str:
        """The button with the arrow."""
        return self.texts("Back")

    @property
    def browser(self) -> str:
        """The button that hands the sign-in over."""
        return self.texts("Open in my &browser")

    @property
    def cancel(self) -> str:
        """The button that ends the sign-in."""
        return self.texts("&Cancel")

    @property
    def try_again(self) -> str:
        """The button for a page that did not come."""
        return self.texts("&Try again")

    @property
    def bar(self) -> str:
        """What a screen reader calls the bar."""
        return self.texts("Sign-in page")

    @property
    def loading(self) -> str:
        """What a screen reader calls the line that moves while a page loads."""
        return self.texts("Loading")

    def origin_line(self, words: BarWords) -> str:
        """Say where the page comes from, or that it is on its way."""
        if words.sign is not Sign.WAITING:
            return words.address.origin
        if not words.address.host:
            return self.texts("Connecting to the sign-in page…")
        return self.texts("Connecting to {host}…", host=words.address.host)

    def explain(self, sign: Sign) -> str:
        """Say what the sign beside the address means."""
        texts = self.texts
        match sign:
            case Sign.ENCRYPTED:
                return texts("The connection is encrypted")
            case Sign.THIS_COMPUTER:
                return texts("This page comes from this computer")
            case Sign.WARNING:
                return texts("The page is not shown")
            case Sign.WAITING:
                return texts("No page is shown yet")
            case _:
                assert_never(sign)


def unmarked(label: str) -> str:
    """Give *label* as it is said, without the mark of its letter."""
    return FOREIGN_LETTER.sub("", label).replace("&", "")


def for_gtk(label: str) -> str:
    """Give *label* with the mark that GTK knows."""
    return label.replace("_", "__").replace("&", "_")
