"""Imports what a program without a window needs, and gets its first header."""

import os

import httpx

from pywry_auth.grants import ClientCredentialsAuth, TokenManager


with httpx.Client(trust_env=False) as client:
    manager = TokenManager(
        ClientCredentialsAuth("service", "the-secret"),
        http=client,
        token_url=f"{os.environ['BENCH_RESOURCE']}/token",
    )
    if manager.authorization_header() != "Bearer the-access-token":
        raise SystemExit("another token than the one that was given")
