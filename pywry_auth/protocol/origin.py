"""The origin of an address, which alone says whether a token may go there (RFC 6454)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from pywry_auth.errors import ConfigError
from pywry_auth.protocol.wire import require_safe_url


_PORTS = {"https": 443, "http": 80}
# Names as they are looked up, addresses as they are dialled. Wildcards, percent signs or letters
# beyond ASCII are read in one way here, in another one by whoever opens the connection.
_HOST = re.compile(r"[a-z0-9_.\-]+|[0-9a-f:.]*:[0-9a-f:.]*")


@dataclass(frozen=True, slots=True)
class Origin:
    """
    Scheme, host and port; two of them are the same, or strangers to each other.

    Attributes:
        scheme: ``"https"``, or ``"http"`` on this machine.
        host: in lower case, without brackets.
        port: always a number, also where the address does not say it.
    """

    scheme: str
    host: str
    port: int

    @classmethod
    def of(cls, url: str) -> "Origin":
        """Give the origin of *url* as it is written; whether to trust it is another question."""
        parts = urlsplit(url)
        usual = _PORTS.get(parts.scheme, 0)
        return cls(parts.scheme, parts.hostname or "", usual if parts.port is None else parts.port)

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = self.port == _PORTS.get(self.scheme)
        return f"{self.scheme}://{host}" if usual else f"{self.scheme}://{host}:{self.port}"


def safe_origin(url: str) -> Origin | None:
    """
    Give the origin of *url*; None where no token may ever go.

    That is: not encrypted and not on this machine, a user name before the host, or written in a
    way that two readers may understand differently.
    """
    address = url.partition("#")[0]
    try:
        parts = urlsplit(require_safe_url(address, "the address"))
    except ConfigError:
        return None
    if "@" in parts.netloc or not _HOST.fullmatch(parts.hostname or ""):
        return None
    return Origin.of(address)


def allowed_origins(texts: Iterable[str]) -> frozenset[Origin]:
    """
    Read the list of origins that may be given a token.

    Args:
        texts: like ``"https://api.example.com"``; each stands for itself alone.

    Raises:
        ConfigError: none is given, or one is more, or less, than an origin.
    """
    if isinstance(texts, str):
        raise ConfigError("allowed_origins is a list", hint=f"write [{texts!r}]")
    found = frozenset(map(_allowed, texts))
    if not found:
        raise ConfigError(
            "no origin is allowed to be given a token", hint='name one: "https://api.example.com"'
        )
    return found


def _allowed(text: str) -> Origin:
    # Not safe_origin alone: what is written in the program should also say what is wrong with it.
    parts = urlsplit(require_safe_url(text, f"the allowed origin {_shown(text)}"))
    origin = safe_origin(text)
    if origin is None or parts.path not in {"", "/"} or parts.query:
        raise ConfigError(
            f"{_shown(text)} is no origin",
            hint="write scheme, host and port only, like https://api.example.com:8443; "
            "there are no wildcards, other alphabets are written as xn--",
        )
    return origin


def _shown(text: str) -> str:
    return "with a user name" if "@" in text else repr(text)
