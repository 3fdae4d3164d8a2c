"""What a resource demands of whoever it turned away, as ``WWW-Authenticate`` says it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field


MAX_HEADER = 8 * 1024  # characters; a longer one is an attempt to keep us busy

_TOKEN = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"  # RFC 9110 section 5.6.2
_TOKEN68 = r"[A-Za-z0-9\-._~+/]+=*(?=\s*(?:,|$))"
_PART = re.compile(
    rf'[\s,]*(?:(?P<name>{_TOKEN})\s*=\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<bare>{_TOKEN}))'
    rf"|(?P<scheme>{_TOKEN})(?:\s+{_TOKEN68})?)"
)
_ESCAPED = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class Challenge:
    """
    One way in which a resource wants to be asked (RFC 9110 section 11.3).

    Attributes:
        scheme: in lower case, for example ``"dpop"``.
        params: names in lower case; of a repeated one, the first.
    """

    scheme: str
    params: Mapping[str, str] = field(default_factory=dict[str, str])


def challenges(header: str) -> list[Challenge]:
    """
    Read ``WWW-Authenticate`` (RFC 9110 section 11.6.1); whatever follows nonsense is left out.

    Args:
        header: the value; several headers joined by commas are one value.
    """
    found: list[tuple[str, dict[str, str]]] = []
    at = 0
    text = header[:MAX_HEADER]
    while (part := _PART.match(text, at)) is not None:
        at = part.end()
        if part["scheme"] is not None:
            found.append((part["scheme"].lower(), {}))
        elif found:
            found[-1][1].setdefault(part["name"].lower(), _value(part))
        else:
            return []  # a parameter of nobody
    return [Challenge(scheme, params) for scheme, params in found]


def _value(part: re.Match[str]) -> str:
    return part["bare"] if part["quoted"] is None else _ESCAPED.sub(r"\1", part["quoted"])
