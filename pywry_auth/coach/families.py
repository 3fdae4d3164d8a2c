"""Whose identity provider it is."""

import re
from enum import StrEnum


class Family(StrEnum):
    """A maker of identity providers, whose error words mean the same wherever they appear."""

    ANY = "any"
    AMAZON = "amazon"
    APPLE = "apple"
    AUTH0 = "auth0"
    DISCORD = "discord"
    FACEBOOK = "facebook"
    GITHUB = "github"
    GITLAB = "gitlab"
    GOOGLE = "google"
    KEYCLOAK = "keycloak"
    MICROSOFT = "microsoft"
    OKTA = "okta"
    SLACK = "slack"


_HOSTS = {
    "amazoncognito.com": Family.AMAZON,
    "amazonaws.com": Family.AMAZON,
    "apple.com": Family.APPLE,
    "auth0.com": Family.AUTH0,
    "discord.com": Family.DISCORD,
    "facebook.com": Family.FACEBOOK,
    "github.com": Family.GITHUB,
    "gitlab.com": Family.GITLAB,
    "google.com": Family.GOOGLE,
    "googleapis.com": Family.GOOGLE,
    "b2clogin.com": Family.MICROSOFT,
    "ciamlogin.com": Family.MICROSOFT,
    "live.com": Family.MICROSOFT,
    "microsoftonline.com": Family.MICROSOFT,
    "microsoftonline.us": Family.MICROSOFT,
    "partner.microsoftonline.cn": Family.MICROSOFT,
    "windows.net": Family.MICROSOFT,
    "okta.com": Family.OKTA,
    "okta-emea.com": Family.OKTA,
    "oktapreview.com": Family.OKTA,
    "slack.com": Family.SLACK,
}
_HOST = re.compile(r"(?:[a-z][a-z0-9+.-]*://)?(?:[^/@?#]*@)?(\[[^\]]*\]|[^/:?#]+)", re.IGNORECASE)
_REALM = re.compile(r"/realms/[^/?#]+", re.IGNORECASE)  # Keycloak runs under any host
_NAMES = {family.value: family for family in Family} | {
    "aws": Family.AMAZON,
    "azure": Family.MICROSOFT,
    "cognito": Family.AMAZON,
    "entra": Family.MICROSOFT,
    "meta": Family.FACEBOOK,
}


def host_of(address: str) -> str:
    """Give the host of an address, in lower case; "" where there is none."""
    found = _HOST.match(address.strip())
    return found[1].lower().rstrip(".") if found else ""


def family_of(address: str) -> Family:
    """Say whose provider has that issuer, that endpoint or that host; ``ANY`` where unknown."""
    labels = host_of(address).split(".")
    for first in range(len(labels) - 1):
        found = _HOSTS.get(".".join(labels[first:]))
        if found is not None:
            return found
    return Family.KEYCLOAK if _REALM.search(address) else Family.ANY


def family_named(name: str | None) -> Family:
    """Say whose provider an application calls *name*; ``ANY`` where nothing is known by it."""
    word = (name or "").strip().lower()
    if word in set(Family):
        return Family(word)
    return _NAMES.get(word, Family.ANY)
