"""Why a page did not come, in words a person can act on."""

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

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


@dataclass(frozen=True, slots=True)
class Trouble:
    """One headline, one sentence, with the engine's own word for it in small print."""

    headline: str
    sentence: str
    small_print: str = ""


def trouble_with(url: str, cause: Cause, small_print: str = "") -> Trouble:
    """Put *cause* into words; no query or path of *url* is repeated."""
    host = address_of(url).host or "this page"
    headline, sentence = _words(host, cause)
    return Trouble(headline, sentence, small_print)


def _words(host: str, cause: Cause) -> tuple[str, str]:
    match cause:
        case Cause.NAME:
            return (
                f"{host} cannot be found",
                "There is no server of that name. Check the network connection; if others work, the"
                " address in the application's settings may be wrong.",
            )
        case Cause.REFUSED:
            return (
                f"{host} does not answer",
                "The server refused the connection. It may be switched off or restarting.",
            )
        case Cause.OFFLINE:
            return (
                "No network connection",
                f"This computer cannot reach {host}. Check the network, then try again.",
            )
        case Cause.SLOW:
            return (
                f"{host} takes too long",
                "The server did not answer in time. Try again in a moment.",
            )
        case Cause.CERTIFICATE:
            return (
                f"{host} could not prove who it is",
                "Its certificate is not valid, so somebody else may be answering in its place."
                " Nothing was sent. Tell whoever runs the server.",
            )
        case _:
            return _other_words(host, cause)


def _other_words(host: str, cause: Cause) -> tuple[str, str]:
    match cause:
        case Cause.CRASHED:
            return ("The page stopped working", f"The page of {host} ended unexpectedly.")
        case Cause.UNENCRYPTED:
            return (
                f"{host} is not encrypted",
                "The page wanted to go on without encryption, where others could read what you"
                " type. The sign-in window does not open such pages.",
            )
        case Cause.FOREIGN:
            return (
                "This is not a web page",
                "The page wanted to open an address of another kind. The sign-in window only opens"
                " web pages.",
            )
        case Cause.DOWNLOAD:
            return (
                "Downloads are switched off",
                "The page wanted to save a file. The sign-in window only shows pages.",
            )
        case Cause.OTHER:
            return (
                f"{host} could not be shown",
                "The connection broke off, or the answer was not that of a web server.",
            )
        case (
            Cause.NAME | Cause.REFUSED | Cause.OFFLINE | Cause.SLOW | Cause.CERTIFICATE
        ):  # said by the first half
            return ("The page could not be shown", "")
        case _:
            assert_never(cause)
