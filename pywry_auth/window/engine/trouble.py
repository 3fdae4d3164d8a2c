"""Why a page did not come, in words a person can act on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

from pywry_auth.ui.texts import ENGLISH, Texts
from pywry_auth.window.engine.address import address_of


#: headline, sentence
Words = tuple[str, str]


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


def trouble_with(
    url: str, cause: Cause, small_print: str = "", *, texts: Texts = ENGLISH
) -> Trouble:
    """Put *cause* into words; no query or path of *url* is repeated."""
    host = address_of(url).host or texts("this page")
    headline, sentence = WORDS[cause](texts, host)
    return Trouble(headline, sentence, small_print)


def _name(texts: Texts, host: str) -> Words:
    return texts("{host} cannot be found", host=host), texts(
        "There is no server of that name. Check the network; if other sites work, the address in"
        " the application's settings may be wrong."
    )


def _refused(texts: Texts, host: str) -> Words:
    return texts("{host} does not answer", host=host), texts(
        "The server refused the connection. It may be switched off or restarting."
    )


def _offline(texts: Texts, host: str) -> Words:
    return texts("No network connection"), texts(
        "This computer cannot reach {host}. Check the network, then try again.", host=host
    )


def _slow(texts: Texts, host: str) -> Words:
    return texts("{host} takes too long", host=host), texts(
        "The server did not answer in time. Try again in a moment."
    )


def _certificate(texts: Texts, host: str) -> Words:
    return texts("{host} could not prove who it is", host=host), texts(
        "Its certificate is not valid, so somebody else may be answering in its place. Nothing was"
        " sent. Tell whoever runs the server."
    )


def _other(texts: Texts, host: str) -> Words:
    return texts("{host} could not be shown", host=host), texts(
        "The connection broke off, or the answer was not that of a web server."
    )


def _crashed(texts: Texts, host: str) -> Words:
    return texts("The page stopped working"), texts(
        "The page of {host} ended unexpectedly.", host=host
    )


def _unencrypted(texts: Texts, host: str) -> Words:
    return texts("{host} is not encrypted", host=host), texts(
        "The page wanted to go on without encryption, where others could read what you type. The"
        " sign-in window does not open such pages."
    )


def _foreign(texts: Texts, _host: str) -> Words:
    return texts("This is not a web page"), texts(
        "The page wanted to open an address of another kind. The sign-in window only opens web"
        " pages."
    )


def _download(texts: Texts, _host: str) -> Words:
    return texts("Downloads are switched off"), texts(
        "The page wanted to save a file. The sign-in window only shows pages."
    )


WORDS: Mapping[Cause, Callable[[Texts, str], Words]] = MappingProxyType(
    {
        Cause.NAME: _name,
        Cause.REFUSED: _refused,
        Cause.OFFLINE: _offline,
        Cause.SLOW: _slow,
        Cause.CERTIFICATE: _certificate,
        Cause.OTHER: _other,
        Cause.CRASHED: _crashed,
        Cause.UNENCRYPTED: _unencrypted,
        Cause.FOREIGN: _foreign,
        Cause.DOWNLOAD: _download,
    }
)
