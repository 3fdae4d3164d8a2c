"""
Requests with a manager's token as a program makes them; never run, only type-checked.

    mypy --strict tests/typing/transport.py
"""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import assert_type

import httpx

from pywry_auth import ClientCredentialsAuth, OAuthTokenSet, RateLimitError, TokenManager
from pywry_auth.grants import (
    AuthTransport,
    BearerAuth,
    FileTokenStore,
    MemoryTokenSlot,
    MemoryTokenStore,
    RateLimiter,
    TokenSlot,
    TokenStore,
    TransportSettings,
)


def slots(path: Path) -> list[TokenSlot]:
    kept: TokenStore = FileTokenStore(path)
    assert_type(kept.load(), OAuthTokenSet | None)
    assert_type(FileTokenStore(str(path)).path, Path)
    return [kept, MemoryTokenSlot(), MemoryTokenStore()]


def manager(http: httpx.Client) -> TokenManager:
    return TokenManager(
        ClientCredentialsAuth("robot", "secret"),
        http=http,
        token_url="https://id.example.com/token",
        store=FileTokenStore("tokens.json"),
    )


async def with_auth(http: httpx.Client) -> None:
    auth = BearerAuth(manager(http))
    named = BearerAuth(manager(http), allowed_origins=["https://api.example.com"])
    httpx.Client(auth=auth).get("https://api.example.com/me")
    async with httpx.AsyncClient(auth=named) as client:
        await client.get("https://api.example.com/me")


def asked(http: httpx.Client, pieces: Iterator[bytes]) -> None:
    api = AuthTransport(
        manager(http),
        http=http,
        base_url="https://api.example.com",
        allowed_origins=["https://files.example.com"],
        settings=TransportSettings(max_retries=2, requests_per_minute=60),
    )
    assert_type(api.request("GET", "/jobs", params={"state": "open", "page": 2}), httpx.Response)
    api.request("GET", "/jobs", params=[("tag", "a"), ("tag", "b")], timeout=5.0)
    api.request("POST", "/jobs", json={"a": [1, None]}, headers={"X-Trace": "1"}, idempotent=True)
    api.request("PUT", "/files/1", content=pieces, follow_redirects=True)
    api.request("PUT", "/files/1", files={"a": io.BytesIO(b""), "b": ("name", b"", "text/plain")})
    with api.stream("GET", "/files/1") as response:
        assert_type(response, httpx.Response)
    api.request("GET", "/jobs", auth=None)  # type: ignore[call-arg]  # nobody takes the place of the token


def paced() -> float | None:
    RateLimiter(60, burst=2).acquire()
    try:
        return None
    except RateLimitError as error:
        return assert_type(error.retry_after, float | None)
