"""Ten accounts of one person at ten providers, in a store of either kind."""

import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from pywry_auth.integrations import (
    AuthProvider,
    CredentialStore,
    FileCredentialStore,
    InMemoryCredentialStore,
    TokenCredentialStore,
)
from pywry_auth.integrations.token_binding import TokenBinding
from pywry_auth.testing import MemoryKeyring
from pywry_auth.token_store import SealedTokenStore


NAMES = tuple(f"acme_{number}" for number in range(10))
SUBJECT = "alice@example.com"
RECORD = {
    "access_token": "gho_" + "x" * 36,
    "refresh_token": "ghr_" + "y" * 72,
    "token_type": "bearer",
    "scope": "repo read:user",
    "expires_at": 4_000_000_000,
}


def providers() -> dict[str, AuthProvider]:
    """Give ten providers, each for a target of its own."""
    return {name: _provider(name) for name in NAMES}


def _provider(name: str) -> AuthProvider:
    made = AuthProvider()
    made.register_binding(name, TokenBinding())
    return made


@contextmanager
def filled(kind: str) -> Iterator[CredentialStore]:
    """Give a store of that *kind* that holds all ten records."""
    with tempfile.TemporaryDirectory() as folder:
        if kind == "memory":
            store = InMemoryCredentialStore()
        elif kind == "file":
            store = FileCredentialStore(f"{folder}/credentials.json")
        else:
            sealed = SealedTokenStore(f"{folder}/tokens.sealed", backend=MemoryKeyring())
            store = TokenCredentialStore(sealed)
        for name in NAMES:
            asyncio.run(store.set(name, SUBJECT, RECORD))
        yield store
