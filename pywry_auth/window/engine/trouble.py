"""Why a page did not come, in words a person can act on."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

from pywry_auth.window.engine.address import address_of


class Cause(StrEnum):
    """What kept a page from being shown."""

    NAME = "name"
    REFUSED = "refused"
    OFFLINE = "offline"
    SLOW = "slow"
    CERTIFICATE = "certificate"
    OTHER = "other"
    CRASHED = "crashed"
    UNENCRYPTED = "unencrypted"
    FOREIGN = "foreign"
    DOWNLOAD = "download"


class TroubleHerald(Protocol):
    """Who is told that a page nobody sees leads nowhere."""

    def failed(self, why: Cause) -> None:
        """Say *why*."""
        ...


@dataclass(frozen=True, slots=True)
class Trouble:
    """One headline, one sentence, with the engine's own word for it in small print."""

    headline: str
    sentence: str
    small_print: str = ""


WORDS: Mapping[Cause, tuple[str, str]] = MappingProxyType(
    {
        Cause.NAME: (
            "{host} cannot be found",
            (
                "There is no server of that name. Check the network; if other sites work, the"
                " address in the application's settings may be wrong."
            ),
        ),
        Cause.REFUSED: (
            "{host} does not answer",
            "The server refused the connection. It may be switched off or restarting.",
        ),
        Cause.OFFLINE: (
            "No network connection",
            "This computer cannot reach {host}. Check the network, then try again.",
        ),
        Cause.SLOW: (
            "{host} takes too long",
            "The server did not answer in time. Try again in a moment.",
        ),
        Cause.CERTIFICATE: (
            "{host} could not prove who it is",
            (
                "Its certificate is not valid, so somebody else may be answering in its place."
                " Nothing was sent. Tell whoever runs the server."
            ),
        ),
        Cause.OTHER: (
            "{host} could not be shown",
            "The connection broke off, or the answer was not that of a web server.",
        ),
        Cause.CRASHED: (
            "The page stopped working",
            "The page of {host} ended unexpectedly.",
        ),
        Cause.UNENCRYPTED: (
            "{host} is not encrypted",
            (
                "The page wanted to go on without encryption, where others could read what you"
                " type. The sign-in window does not open such pages."
            ),
        ),
        Cause.FOREIGN: (
            "This is not a web page",
            (
                "The page wanted to open an address of another kind. The sign-in window only"
                " opens web pages."
            ),
        ),
        Cause.DOWNLOAD: (
            "Downloads are switched off",
            "The page wanted to save a file. The sign-in window only shows pages.",
        ),
    }
)


def trouble_with(url: str, cause: Cause, small_print: str = "") -> Trouble:
    """Put *cause* into words; no query or path of *url* is repeated."""
    host = address_of(url).host or "this page"
    headline, sentence = WORDS[cause]
    return Trouble(
        headline=headline.replace("{host}", host),
        sentence=sentence.replace("{host}", host),
        small_print=small_print,
    )
