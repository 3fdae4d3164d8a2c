"""Every way to hand a session to an HTTP library; never run, only type-checked."""

from collections.abc import Callable
from typing import assert_type

import httpx
import requests

from pywry_auth import (
    HttpxAuth,
    RequestsAuth,
    SessionManager,
    SignInOptions,
    StepUpChallenge,
    TokenManager,
)


def ask(wanted: StepUpChallenge) -> None:
    SignInOptions(acr_values=wanted.acr_values, max_age=wanted.max_age)


def all_of_httpx(session: SessionManager) -> httpx.AsyncClient:
    auth = HttpxAuth(session, allowed_origins=["https://api.example.com"])
    httpx.get("https://api.example.com", auth=auth)
    with httpx.Client(auth=auth) as client:
        client.get("https://api.example.com", auth=auth)
    return httpx.AsyncClient(auth=auth)


def all_of_requests(session: SessionManager) -> None:
    auth = RequestsAuth(session, allowed_origins=("https://api.example.com",), on_step_up=ask)
    requests.get("https://api.example.com", auth=auth, timeout=10)
    with requests.Session() as client:
        client.auth = auth


def all_of_a_program(manager: TokenManager) -> None:
    httpx.get("https://a.example", auth=HttpxAuth(manager, allowed_origins=["https://a.example"]))
    auth = RequestsAuth(manager, allowed_origins=["https://a.example"])
    requests.get("https://a.example", auth=auth, timeout=10)


def asked(response: httpx.Response) -> Callable[[], None] | None:
    wanted = StepUpChallenge.read(response.headers.get("WWW-Authenticate", ""))
    if wanted is None:
        return None
    assert_type(wanted.acr_values, tuple[str, ...])
    assert_type(wanted.max_age, int | None)
    found = wanted
    return lambda: ask(found)
