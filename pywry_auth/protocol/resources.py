"""What tokens are for, named by address (RFC 8707)."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from pywry_auth.errors import ConfigError


def checked_resources(resources: Sequence[str]) -> tuple[str, ...]:
    """
    Give *resources* back if they can be sent as ``resource`` (RFC 8707 section 2).

    Raises:
        ConfigError: one of them is no absolute URI, or has a fragment.
    """
    if isinstance(resources, str):
        raise ConfigError("resources is a list of addresses, not one of them")
    for resource in resources:
        _require_absolute(resource)
    return tuple(dict.fromkeys(resources))


def _require_absolute(resource: str) -> None:
    parts = urlsplit(resource) if resource.isprintable() and " " not in resource else None
    if parts is None or not parts.scheme or not (parts.netloc or parts.path):
        raise ConfigError("a resource is named by a whole address, like https://api.example.com")
    if "#" in resource:
        raise ConfigError("a resource must not have a fragment (the part after #)")
