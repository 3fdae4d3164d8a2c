"""Stores that keep token sets by key."""

import threading
from collections.abc import Callable

from pywry_auth.token_store.base import TokenStore


def _class_of(name: str) -> Callable[..., TokenStore] | None:
    match name:
        case "MemoryTokenStore":
            from pywry_auth.token_store.memory import MemoryTokenStore

            return MemoryTokenStore
        case "KeyringTokenStore":
            from pywry_auth.token_store.keyring import KeyringTokenStore

            return KeyringTokenStore
        case "JsonFileTokenStore":
            from pywry_auth.token_store.file import JsonFileTokenStore

            return JsonFileTokenStore
        case "SealedTokenStore":
            from pywry_auth.token_store.sealed import SealedTokenStore

            return SealedTokenStore
        case "RedisTokenStore":
            from pywry_auth.token_store.redis import RedisTokenStore

            return RedisTokenStore
        case _:
            return None


def __getattr__(name: str) -> Callable[..., TokenStore]:
    found = _class_of(name)
    if found is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return found


#: the stores that can be asked for by name
BACKENDS = {
    "memory": "MemoryTokenStore",
    "keyring": "KeyringTokenStore",
    "file": "JsonFileTokenStore",
    "sealed": "SealedTokenStore",
    "redis": "RedisTokenStore",
}

_made: dict[tuple[object, ...], TokenStore] = {}
_lock = threading.Lock()


def get_token_store(backend: str = "memory", **kwargs: object) -> TokenStore:
    """
    Give the store of that name and these arguments: the same arguments, the same object.

    Args:
        backend: memory, keyring, file, sealed or redis.
        kwargs: what the class of that store takes.

    Raises:
        ValueError: there is no such backend.
    """
    found = _class_of(BACKENDS.get(backend, ""))
    if found is None:
        names = ", ".join(BACKENDS)
        raise ValueError(f"there is no token store {backend!r}; choose one of {names}")
    wanted = (backend, *sorted(kwargs.items()))
    with _lock:
        store = _made.get(wanted)
        if store is None:
            store = _made[wanted] = found(**kwargs)
        return store


def reset_token_store() -> None:
    """Forget every store `get_token_store` has made; what they keep stays."""
    with _lock:
        _made.clear()
