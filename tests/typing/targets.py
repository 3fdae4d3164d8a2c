"""Everything a container gives; never run, only type-checked."""

from collections.abc import AsyncGenerator
from typing import ClassVar, assert_type

import httpx
from pydantic import BaseModel

from pywry_auth import Integrations
from pywry_auth.integrations import (
    HealthCheck,
    ProviderSettings,
    RateLimit,
    Target,
    get_provider,
    provider_override,
    register_provider,
)
from pywry_auth.integrations.targets import GitHub


class Job(BaseModel):
    id: int


class Acme(Target):
    key: ClassVar[str] = "acme"
    usual_base_url: ClassVar[str] = "https://api.acme.example"

    def jobs(self) -> AsyncGenerator[Job]:
        return self.items(Job, "/jobs", within="jobs", params={"state": "open", "page": 1})


def made(http: httpx.AsyncClient) -> Integrations:
    register_provider("acme", Acme)
    assert_type(get_provider("acme"), type[Target])
    return Integrations(
        auto_configure=False,
        http=http,
        github={"token": "t"},
        slack=ProviderSettings(token="t"),
        acme=Acme(token="t"),
    )


async def alone() -> str:
    async with GitHub(token="t") as github:
        return (await github.user()).login


async def used(integrations: Integrations) -> None:
    user = await integrations.github.user()
    assert_type(user.login, str)
    assert_type(
        [one.full_name async for one in integrations.github.repositories(limit=3)], list[str]
    )
    assert_type((await integrations.google_drive.health_check()), HealthCheck)
    assert_type(integrations["acme"], Target)
    assert_type(integrations.get("acme"), Target | None)
    assert_type(integrations.get("acme", 7), Target | int)
    assert_type(integrations.slack.rate_limit, RateLimit | None)
    assert_type(await integrations.acme.request("GET", "/x", params={"a": [1, 2]}), httpx.Response)
    assert_type(await integrations.acme.read(Job, "/jobs/1"), Job)
    with integrations.overrides(github={"timeout": 3}) as inside:
        assert_type(inside, Integrations)
    async with integrations.overrides(
        merge=False, github=provider_override({"token": "t"}), slack=ProviderSettings()
    ) as inside:
        assert_type(inside, Integrations)
    await integrations.acme.request("GET", "/x", timeot=3)  # type: ignore[call-arg]
