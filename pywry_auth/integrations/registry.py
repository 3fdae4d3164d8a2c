"""Which classes of providers there are, built in or brought along."""

from pywry_auth.integrations.class_registry import ClassRegistry, Home
from pywry_auth.integrations.provider import AuthProvider


_CATALOGUE = "pywry_auth.integrations.catalogue"

AUTH_PROVIDERS = ClassRegistry(
    AuthProvider,
    "auth provider",
    {
        "asana": Home(f"{_CATALOGUE}.asana", "AsanaAuthProvider"),
        "github": Home(f"{_CATALOGUE}.github", "GitHubAuthProvider"),
        "google": Home(f"{_CATALOGUE}.google", "GoogleAuthProvider"),
        "hubspot": Home(f"{_CATALOGUE}.hubspot", "HubSpotAuthProvider"),
        "microsoft": Home(f"{_CATALOGUE}.microsoft", "MicrosoftAuthProvider"),
        "notion": Home(f"{_CATALOGUE}.notion", "NotionAuthProvider"),
        "slack": Home(f"{_CATALOGUE}.slack", "SlackAuthProvider"),
    },
)


def register_auth_provider(key: str, cls: type[AuthProvider]) -> None:
    """
    Let *key* name *cls*, for every manager made from now on; the same class again is nothing new.

    Raises:
        TypeError: *cls* is no ``AuthProvider``.
        ValueError: *key* names another class.
    """
    AUTH_PROVIDERS.register(key, cls)


def get_auth_provider(key: str) -> type[AuthProvider]:
    """
    Give the class that *key* names, however it is spelt.

    Raises:
        ProviderNotFoundError: there is none; it is a ``KeyError``.
    """
    return AUTH_PROVIDERS.get(key)


def available_auth_providers() -> dict[str, type[AuthProvider]]:
    """Give every class by name, built-in ones too, in a dictionary of the caller's own."""
    return AUTH_PROVIDERS.available()
