"""Gets its first header with httpx alone."""

import os

import httpx


with httpx.Client(trust_env=False) as client:
    fields = {
        "grant_type": "client_credentials",
        "client_id": "service",
        "client_secret": "the-secret",
    }
    given = client.post(f"{os.environ['BENCH_RESOURCE']}/token", data=fields).json()
    if f"{given['token_type']} {given['access_token']}" != "Bearer the-access-token":
        raise SystemExit("another token than the one that was given")
