"""Which classes of targets there are, built in or brought along."""

from pywry_auth.integrations.class_registry import ClassRegistry, Home
from pywry_auth.integrations.reaching.target import Target


_TARGETS = "pywry_auth.integrations.targets"
_GOOGLE = f"{_TARGETS}.google"

_REGISTRY = ClassRegistry(
    Target,
    "target",
    {
        "asana": Home(f"{_TARGETS}.asana", "Asana"),
        "github": Home(f"{_TARGETS}.github", "GitHub"),
        "gmail": Home(_GOOGLE, "Gmail"),
        "google_calendar": Home(_GOOGLE, "GoogleCalendar"),
        "google_docs": Home(_GOOGLE, "GoogleDocs"),
        "google_drive": Home(_GOOGLE, "GoogleDrive"),
        "google_sheets": Home(_GOOGLE, "GoogleSheets"),
        "hubspot": Home(f"{_TARGETS}.hubspot", "HubSpot"),
        "microsoft": Home(f"{_TARGETS}.microsoft", "MicrosoftGraph"),
        "notion": Home(f"{_TARGETS}.notion", "Notion"),
        "slack": Home(f"{_TARGETS}.slack", "Slack"),
    },
)


def register_provider(key: str, cls: type[Target]) -> None:
    """
    Let *key* name the target *cls*, in every container made from now on; again is nothing new.

    Raises:
        TypeError: *cls* is no ``Target``.
        ValueError: *key* names another class.
    """
    _REGISTRY.register(key, cls)


def get_provider(key: str) -> type[Target]:
    """
    Give the class of target that *key* names, however it is spelt.

    Raises:
        ProviderNotFoundError: there is none; it is a ``KeyError``.
    """
    return _REGISTRY.get(key)


def available_providers() -> dict[str, type[Target]]:
    """Give every class by name, built-in ones too, in a dictionary of the caller's own."""
    return _REGISTRY.available()


def target_names() -> set[str]:
    """Give every name, without importing anything."""
    return _REGISTRY.names()
