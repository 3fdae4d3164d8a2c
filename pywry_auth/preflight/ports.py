"""Which loopback ports a sign-in may use, decided from facts."""

import re
from collections.abc import Iterable, Sequence


Range = tuple[int, int]

#: what lists the ranges that Windows keeps for itself (Hyper-V, WSL, Docker)
NETSH = ("netsh", "interface", "{family}", "show", "excludedportrange", "protocol=tcp")

_LINE = re.compile(r"\s*(\d{1,5})\s+(\d{1,5})\s*\*?\s*")


def netsh_command(family: str) -> tuple[str, ...]:
    """Give the command for ``ipv4`` or ``ipv6``."""
    return tuple(word.format(family=family) for word in NETSH)


def reserved_ranges(output: str) -> tuple[Range, ...]:
    """
    Read the table that ``netsh interface ipv4 show excludedportrange`` prints, in any language.

    A line of it holds the first and the last port, with a star where an administrator said so.
    """
    found = (_LINE.fullmatch(line) for line in output.splitlines())
    pairs = ((int(one[1]), int(one[2])) for one in found if one)
    return tuple((first, last) for first, last in pairs if 0 < first <= last <= 65535)  # noqa: PLR2004


def reserved_among(ports: Iterable[int], ranges: Sequence[Range]) -> tuple[int, ...]:
    """Give those of *ports* that lie in one of *ranges*; 0, any free port, never does."""
    return tuple(p for p in ports if p and any(first <= p <= last for first, last in ranges))


def proxied_loopback(proxies: Iterable[str], *, is_exempt: bool) -> bool:
    """
    Say whether a browser may send even the redirect to this machine through a proxy.

    Args:
        proxies: the schemes that have one; a redirect to this machine is plain http.
        is_exempt: whether 127.0.0.1 is named in NO_PROXY, or its like.
    """
    return not is_exempt and not {"http", "all"}.isdisjoint(proxies)
