"""Another start of the application that signed in before: does what it is told, tells how it is."""

import asyncio
import json
import sys
from pathlib import Path

from pywry_auth.protocol.bound import is_bound
from pywry_auth.providers import GenericOIDCProvider
from pywry_auth.providers.feature_use import FeatureUse
from pywry_auth.providers.proving import speaking_with
from pywry_auth.session import SessionManager
from pywry_auth.token_store import JsonFileTokenStore


async def main(issuer: str, folder: str, *words: str) -> dict[str, object]:
    provider = GenericOIDCProvider("native-dpop", issuer_url=issuer, dpop=FeatureUse.REQUIRED)
    store = JsonFileTokenStore(Path(folder) / "tokens")
    session = SessionManager(provider, store)
    tokens = await session.initialize()
    key = await session.dpop_key()
    found: dict[str, object] = {"bound": is_bound(tokens), "key": key.thumbprint}
    for word in words:
        match word:
            case "refresh":
                found["bound"] = is_bound(await session.refresh())
            case "userinfo":
                with speaking_with(await session.dpop_key()):
                    said = await provider.get_userinfo(await session.get_access_token())
                found["sub"] = said["sub"]
            case "logout":
                await session.logout()
    found["keys"] = await store.list_keys()
    await provider.close()
    return found


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(*sys.argv[1:]))))  # noqa: T201
