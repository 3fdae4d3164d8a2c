from pywry_auth.token_store.base import TokenStore as TokenStore
from pywry_auth.token_store.file import JsonFileTokenStore as JsonFileTokenStore
from pywry_auth.token_store.keyring import KeyringTokenStore as KeyringTokenStore
from pywry_auth.token_store.memory import MemoryTokenStore as MemoryTokenStore
from pywry_auth.token_store.redis import RedisTokenStore as RedisTokenStore
from pywry_auth.token_store.sealed import SealedTokenStore as SealedTokenStore

__all__ = [
    "JsonFileTokenStore",
    "KeyringTokenStore",
    "MemoryTokenStore",
    "RedisTokenStore",
    "SealedTokenStore",
    "TokenStore",
    "get_token_store",
    "reset_token_store",
]

BACKENDS: dict[str, str]

def get_token_store(backend: str = "memory", **kwargs: object) -> TokenStore: ...
def reset_token_store() -> None: ...
