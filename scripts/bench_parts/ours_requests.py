"""
Asks a resource with a valid token of ours.

With ``session`` the ``auth=`` object is that of a session, with ``manager`` that of a token
manager; with ``sync`` or ``async`` the client is that of httpx.
"""

import asyncio
import os
import sys
from pathlib import Path

import httpx

from pywry_auth import GenericOIDCProvider, MemoryTokenStore, OAuthTokenSet, SessionManager
from pywry_auth.http_auth import HttpxAuth


sys.path.append(str(Path(__file__).parent))

from asking import tell, tell_async


TOKENS = OAuthTokenSet("the-access-token", refresh_token="r", expires_in=3600)


def of_session(url: str) -> httpx.Auth:
    session = SessionManager(
        GenericOIDCProvider("desktop", issuer_url="https://id.example.com"), MemoryTokenStore()
    )
    asyncio.run(session.save_tokens(TOKENS))
    return HttpxAuth(session, allowed_origins=[url])


def of_manager(url: str) -> httpx.Auth:
    from pywry_auth.grants import BearerAuth, ClientCredentialsAuth, TokenManager

    manager = TokenManager(
        ClientCredentialsAuth("service", "the-secret"),
        http=httpx.Client(trust_env=False),
        token_url=f"{url}/token",
    )
    manager.authorization_header()
    return BearerAuth(manager)


who, how = sys.argv[1:]
url = os.environ["BENCH_RESOURCE"]
auth = {"session": of_session, "manager": of_manager}[who](url)
if how == "sync":
    tell(httpx.Client(auth=auth, trust_env=False), f"{url}/me")
else:
    tell_async(lambda: httpx.AsyncClient(auth=auth, trust_env=False), f"{url}/me")
