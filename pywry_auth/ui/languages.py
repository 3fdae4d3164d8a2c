"""The language a person wants, found among those there are."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass


SETTING = "PYWRY_AUTH_LANGUAGE"
LOCALE_SETTINGS = ("LC_ALL", "LC_MESSAGES", "LANG")  # POSIX: the first that is set counts
_NO_LANGUAGE = frozenset({"C", "POSIX"})

_TAG = re.compile(r"(?P<language>[A-Za-z]{2,3})(?P<rest>(?:-[A-Za-z0-9]{1,8})*)")
_SINGLETON = re.compile(r"-[A-Za-z0-9](?=-)")  # begins an extension: RFC 5646 section 2.2.6
_SCRIPT = re.compile(r"-([A-Za-z]{4})(?=-|$)")
_REGION = re.compile(r"-([A-Za-z]{2})(?=-|$)")

_RIGHT_TO_LEFT = frozenset({"Adlm", "Arab", "Hebr", "Nkoo", "Rohg", "Syrc", "Thaa"})
_USUAL_SCRIPT = "Latn"
# What a language is written in where its tag does not say it (CLDR, likely subtags).
_SCRIPTS = {
    **dict.fromkeys(("ar", "ckb", "fa", "ps", "sd", "ug", "ur"), "Arab"),
    **dict.fromkeys(("be", "bg", "kk", "ky", "mk", "mn", "ru", "sr", "tg", "uk"), "Cyrl"),
    **dict.fromkeys(("hi", "mr", "ne"), "Deva"),
    **dict.fromkeys(("he", "yi"), "Hebr"),
    "am": "Ethi",
    "bn": "Beng",
    "dv": "Thaa",
    "el": "Grek",
    "hy": "Armn",
    "ja": "Jpan",
    "ka": "Geor",
    "ko": "Kore",
    "pa": "Guru",
    "syr": "Syrc",
    "ta": "Taml",
    "th": "Thai",
    "zh": "Hans",
}
_SCRIPTS_THERE = {
    ("zh", "TW"): "Hant",
    ("zh", "HK"): "Hant",
    ("zh", "MO"): "Hant",
    ("sr", "ME"): "Latn",
    ("pa", "PK"): "Arab",
}
_RENAMED = {"in": "id", "iw": "he", "ji": "yi", "cmn": "zh"}  # Java, old systems
_MODIFIERS = {"latin": "Latn", "cyrillic": "Cyrl"}  # as in sr_RS@latin


@dataclass(frozen=True, slots=True)
class Tag:
    """
    What counts of a BCP 47 tag.

    Attributes:
        language: in lower case, for example ``"zh"``.
        script: ISO 15924, for example ``"Hans"``; the usual one where the tag names none.
        region: in upper case, or "".
    """

    language: str
    script: str
    region: str = ""

    @property
    def direction(self) -> str:
        """``"rtl"`` or ``"ltr"``."""
        return "rtl" if self.script in _RIGHT_TO_LEFT else "ltr"


def read_tag(text: str) -> Tag | None:
    """Read ``de-AT``, ``zh_Hans``, ``sr_RS.UTF-8@latin``; None for what names no language."""
    name, _, modifier = text.strip().partition("@")
    found = _TAG.fullmatch(name.partition(".")[0].replace("_", "-"))
    if found is None:
        return None
    language = found["language"].lower()
    language = _RENAMED.get(language, language)
    rest = _SINGLETON.split(found["rest"])[0]
    region = _first(_REGION, rest).upper()
    script = _MODIFIERS.get(modifier.lower()) or _first(_SCRIPT, rest).title()
    return Tag(language, script or _script_of(language, region), region)


def _first(pattern: re.Pattern[str], rest: str) -> str:
    found = pattern.search(rest)
    return found[1] if found else ""


def _script_of(language: str, region: str) -> str:
    return _SCRIPTS_THERE.get((language, region)) or _SCRIPTS.get(language, _USUAL_SCRIPT)


def wanted(
    explicit: str | None,
    environ: Mapping[str, str],
    system: Callable[[], Sequence[str]],
) -> Sequence[str]:
    """
    Give what languages a person wants, the best first.

    Args:
        explicit: what the application asks for, if anything.
        environ: the environment; ``LANGUAGE`` may name several, as in GNU gettext.
        system: asks the operating system, where the environment says nothing.
    """
    named = explicit or environ.get(SETTING)
    if named:
        return (named,)
    locale = next((environ[name] for name in LOCALE_SETTINGS if environ.get(name)), "")
    if locale in _NO_LANGUAGE:  # asks for the program's own words, whatever LANGUAGE says
        return ()
    listed = [name for name in environ.get("LANGUAGE", "").split(":") if name]
    said = [*listed, locale] if locale else listed
    return said or system()


def match(wishes: Iterable[str], available: Iterable[str]) -> str | None:
    """
    Give the first of *available* that serves the first wish that can be served.

    A wish for English is served by None, since every text is written in it; so is no wish at all.
    Nobody who reads one script is given another one, nor the words of another country.
    """
    there = [(name, tag) for name in available if (tag := read_tag(name)) is not None]
    for wish in wishes:
        tag = read_tag(wish)
        if tag is None:
            continue
        if tag.language == "en":
            return None
        found = _serving(tag, there)
        if found:
            return found
    return None


def _serving(tag: Tag, there: Sequence[tuple[str, Tag]]) -> str:
    same = [
        (name, other)
        for name, other in there
        if (other.language, other.script) == (tag.language, tag.script)
        and other.region in {"", tag.region}
    ]
    same.sort(key=lambda pair: pair[1].region, reverse=True)  # that of the country itself first
    return same[0][0] if same else ""
