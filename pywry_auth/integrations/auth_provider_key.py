"""The names under which providers are known, with every way to spell them."""

from enum import StrEnum


class AuthProviderKey(StrEnum):
    """The built-in names; a convenience, as any other string names a provider just as well."""

    GITHUB = "github"
    GOOGLE = "google"
    GMAIL = "gmail"
    GOOGLE_CALENDAR = "google_calendar"
    GOOGLE_DOCS = "google_docs"
    GOOGLE_DRIVE = "google_drive"
    GOOGLE_SHEETS = "google_sheets"
    ASANA = "asana"
    HUBSPOT = "hubspot"
    MICROSOFT = "microsoft"
    NOTION = "notion"
    SLACK = "slack"

    @property
    def targets(self) -> tuple["AuthProviderKey", ...]:
        """What a token of this provider unlocks; a target unlocks itself."""
        return _GOOGLE if self is AuthProviderKey.GOOGLE else (self,)


ProviderKey = AuthProviderKey

_GOOGLE = (
    AuthProviderKey.GMAIL,
    AuthProviderKey.GOOGLE_CALENDAR,
    AuthProviderKey.GOOGLE_DOCS,
    AuthProviderKey.GOOGLE_DRIVE,
    AuthProviderKey.GOOGLE_SHEETS,
)

#: what people write, once case and separators are gone, for what is meant
ALIASES = {
    "gcal": "google_calendar",
    "calendar": "google_calendar",
    "gdocs": "google_docs",
    "gdrive": "google_drive",
    "gsheets": "google_sheets",
    "google_mail": "gmail",
    "googlecalendar": "google_calendar",
    "googledocs": "google_docs",
    "googledrive": "google_drive",
    "googlesheets": "google_sheets",
    "git_hub": "github",
    "hub_spot": "hubspot",
    "ms_graph": "microsoft",
    "microsoft_graph": "microsoft",
    "msgraph": "microsoft",
    "graph": "microsoft",
}

_SEPARATORS = str.maketrans(" -.", "___")


def normalised(name: object) -> str:
    """
    Give the one spelling of *name*: case folded, separators as ``_``, then by the table of aliases.

    Raises:
        TypeError: it is no string.
        ValueError: nothing is left of it.
    """
    if not isinstance(name, str):
        raise TypeError(f"the name of a provider is a string, not {type(name).__name__}")
    # No str(), by which an enumeration says its own name.
    plain = name.strip().casefold().translate(_SEPARATORS)
    if not plain:
        raise ValueError("the name of a provider is empty")
    return ALIASES.get(plain, plain)
