"""Whether a client registration can be right, as far as that shows from outside."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from urllib.parse import urlsplit

from pywry_auth.preflight.subject import Subject
from pywry_auth.preflight.values import Finding, Outcome, Redirect
from pywry_auth.protocol.tenant import GUID


CHECK = "registration"

GOOGLE_CLIENT = re.compile(r"[0-9]+(-[a-z0-9]+)?\.apps\.googleusercontent\.com")
GITHUB_CLIENT = re.compile(
    r"Iv1\.[0-9a-f]{16}|Iv23[0-9A-Za-z]{16}|Ov23[0-9A-Za-z]{16}|[0-9a-f]{20}"
)
PLACEHOLDER = re.compile(
    r"(your|my)[-_ ]?(client|app)[-_ ]?id|client[-_]?id|change[-_ ]?me|x{3,}|todo|<.*>|\{.*\}",
    re.IGNORECASE,
)
#: where each redirect URI is registered with its port
EXACT_PORTS = ("okta.com", "oktapreview.com", "auth0.com", "onelogin.com", "amazoncognito.com")


class Place(StrEnum):
    """Providers whose rules are known."""

    GOOGLE = "google"
    MICROSOFT = "microsoft"
    GITHUB = "github"
    EXACT = "exact"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something about a registration, with what to change, in English."""

    outcome: Outcome
    fix: str


@dataclass(frozen=True, slots=True)
class Registration:
    """What is known of a client: its identifier, whether it has a secret, never which."""

    issuer: str
    client_id: str
    has_secret: bool
    redirect: Redirect


class RegistrationCheck:
    """Compares client with redirect URI, by the rules of the provider."""

    async def look(self, subject: Subject) -> list[Finding]:
        """Ask nobody."""
        provider, texts = subject.provider, subject.texts
        if provider is None:
            words = texts("No provider was named, so none was looked at.")
            return [Finding(CHECK, Outcome.SKIPPED, words)]
        registration = Registration(
            subject.issuer, provider.client_id, not provider.is_public, subject.redirect
        )
        flaws = list(flaws_of(registration))
        facts = {
            "client_id": provider.client_id,
            "kind": "confidential" if registration.has_secret else "public",
            "redirect_uri": redirect_uri(subject.redirect),
        }
        if not flaws:
            words = texts("This application's registration looks right.")
            return [Finding(CHECK, Outcome.OK, words, facts=facts)]
        failed = any(one.outcome is Outcome.FAILED for one in flaws)
        words = texts("This application is not registered with the provider as it should be.")
        if not failed:
            words = texts("This application's registration may not fit what it does.")
        outcome = Outcome.FAILED if failed else Outcome.WARNING
        return [Finding(CHECK, outcome, words, "; ".join(one.fix for one in flaws), facts=facts)]


def redirect_uri(redirect: Redirect) -> str:
    """Give the redirect URI as it would be registered; without a port where any may come."""
    host = f"[{redirect.host}]" if ":" in redirect.host else redirect.host
    port = redirect.ports[0] if redirect.ports else 0
    return f"http://{host}{f':{port}' if port else ''}{redirect.path}"


def place_of(issuer: str) -> Place:
    """Say whose rules count at *issuer*."""
    host = (urlsplit(issuer).hostname or "").lower()
    match host:
        case "accounts.google.com" | "oauth2.googleapis.com":
            return Place.GOOGLE
        case "login.microsoftonline.com" | "login.microsoftonline.us":
            return Place.MICROSOFT
        case "github.com":
            return Place.GITHUB
        case _:
            exact = any(host == each or host.endswith(f".{each}") for each in EXACT_PORTS)
            return Place.EXACT if exact else Place.OTHER


def flaws_of(registration: Registration) -> Iterator[Flaw]:
    """Give what is wrong, or may be."""
    client_id = registration.client_id
    if client_id != client_id.strip() or not client_id.isprintable() or '"' in client_id:
        yield Flaw(Outcome.FAILED, "client_id has white space or quotes: copy it once more")
    elif PLACEHOLDER.fullmatch(client_id):
        yield Flaw(Outcome.FAILED, "client_id is a placeholder: register the application first")
    rules = RULES.get(place_of(registration.issuer))
    if rules is not None:
        yield from rules(registration)


def _google(registration: Registration) -> Iterator[Flaw]:
    if not GOOGLE_CLIENT.fullmatch(registration.client_id):
        yield Flaw(
            Outcome.FAILED,
            "a client_id of Google ends in .apps.googleusercontent.com: copy it from the "
            'Credentials page, from a client of type "Desktop app"',
        )
    if not registration.has_secret:
        yield Flaw(
            Outcome.WARNING,
            "Google gives desktop clients a client_secret too, and asks for it at the token "
            "endpoint: set it, though it is no secret",
        )


def _microsoft(registration: Registration) -> Iterator[Flaw]:
    if not GUID.fullmatch(registration.client_id):
        yield Flaw(
            Outcome.FAILED,
            "a client_id of Microsoft is a GUID: take the Application (client) ID of the app "
            "registration's overview page",
        )
    if registration.has_secret:
        yield Flaw(
            Outcome.WARNING,
            'Microsoft refuses a secret from a client of the platform "Mobile and desktop '
            'applications": leave client_secret out',
        )
    if registration.redirect.host != "localhost":
        yield Flaw(
            Outcome.WARNING,
            "at Microsoft http://localhost can be registered on the page, 127.0.0.1 only in the "
            f"manifest: register {redirect_uri(registration.redirect)} there, or set "
            "callback host localhost",
        )


def _github(registration: Registration) -> Iterator[Flaw]:
    if not GITHUB_CLIENT.fullmatch(registration.client_id):
        yield Flaw(
            Outcome.WARNING,
            "this does not look like a client ID of GitHub: compare it with the page of the "
            "OAuth app or GitHub App",
        )
    if not registration.has_secret:
        yield Flaw(
            Outcome.WARNING,
            "GitHub asks for the client secret in the web flow: set client_secret, or sign in "
            "with a device code",
        )
    if registration.redirect.host == "localhost":
        yield Flaw(
            Outcome.WARNING,
            "GitHub takes any port for 127.0.0.1 only: leave the callback host at 127.0.0.1",
        )


def _exact(registration: Registration) -> Iterator[Flaw]:
    if 0 in registration.redirect.ports:
        yield Flaw(
            Outcome.WARNING,
            "this provider compares the whole redirect URI, its port too: register one with a "
            "port, and name that port (redirect_ports)",
        )


RULES = MappingProxyType(
    {
        Place.GOOGLE: _google,
        Place.MICROSOFT: _microsoft,
        Place.GITHUB: _github,
        Place.EXACT: _exact,
    }
)
