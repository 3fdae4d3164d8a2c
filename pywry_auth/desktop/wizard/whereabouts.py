"""Where a typed address leads, said before anything is typed there."""

from urllib.parse import urlsplit


def whereabouts(title: str, issuer: str) -> str:
    """Give *title*, with the host of *issuer* where that is another one."""
    host = _in_ascii(urlsplit(issuer).hostname or "")
    return f"{title} ({host})" if host and host != title else title


def _in_ascii(host: str) -> str:
    # Letters of other alphabets look like ours, and are somebody else's.
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return ascii(host)
