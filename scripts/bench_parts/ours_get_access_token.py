"""Awaits ``get_access_token`` of a session with a valid token."""

import asyncio
import sys
from pathlib import Path

from pywry_auth import GenericOIDCProvider, MemoryTokenStore, OAuthTokenSet, SessionManager


sys.path.append(str(Path(__file__).parent))

from blocks import tell_awaits


session = SessionManager(
    GenericOIDCProvider("desktop", issuer_url="https://id.example.com"), MemoryTokenStore()
)
tokens = OAuthTokenSet("the-access-token", refresh_token="r", expires_in=3600)
asyncio.run(session.save_tokens(tokens))
tell_awaits(session.get_access_token, 20_000)
