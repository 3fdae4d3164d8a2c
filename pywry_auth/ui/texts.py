"""What a person reads, in their language."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Texts:
    """
    The texts of one language; one that is not translated is in English.

    Calling it gives a text: ``texts("Signed in as {name}", name="Ada")``.

    Attributes:
        language: a BCP 47 tag, for example ``"de"`` or ``"zh-Hans"``.
        direction: ``"ltr"`` or ``"rtl"``, as in HTML.
    """

    language: str = "en"
    direction: str = "ltr"

    def __call__(self, text: str, **values: object) -> str:
        """Give *text* in this language, with *values* in their places."""
        return text.format(**values) if values else text


ENGLISH = Texts()


def texts_for(language: str | None = None) -> Texts:
    """Give the texts of *language*, or of the language this person uses."""
    del language
    return ENGLISH
