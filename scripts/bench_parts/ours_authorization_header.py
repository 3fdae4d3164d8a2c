"""Asks a token manager for a header while its token is valid."""

import sys
from pathlib import Path

import httpx

from pywry_auth.grants import RefreshTokenAuth, TokenManager, TokenSet
from pywry_auth.token_store.slot import MemoryTokenSlot


sys.path.append(str(Path(__file__).parent))

from blocks import tell_calls


slot = MemoryTokenSlot()
slot.save(TokenSet("the-access-token", refresh_token="r", expires_in=3600))
with httpx.Client(trust_env=False) as client:
    manager = TokenManager(
        RefreshTokenAuth("r", client_id="service"),
        http=client,
        token_url="https://id.example.com/token",
        store=slot,
    )
    if manager.authorization_header() != "Bearer the-access-token":
        raise SystemExit("another token than the one that is stored")
    tell_calls(manager.authorization_header, 20_000)
