"""Notion."""

from collections.abc import AsyncGenerator, Mapping
from typing import ClassVar

from pywry_auth.integrations.reaching.health import Probe
from pywry_auth.integrations.reaching.paging import Cursor, Paging
from pywry_auth.integrations.reaching.target import Target
from pywry_auth.integrations.settings import ProviderSettings, read_as
from pywry_auth.integrations.targets.model import Reply


class NotionSettings(ProviderSettings):
    """
    How Notion is reached.

    Attributes:
        version: the day whose form of requests and answers is spoken.
    """

    version: str = "2022-06-28"


class NotionUser(Reply):
    """A person of a workspace, or a bot."""

    id: str
    type: str = ""
    name: str | None = None


class NotionFound(Reply):
    """A page, or a database."""

    id: str
    object: str = ""
    url: str = ""


class Notion(Target):
    """Reaches what one workspace shares with an integration."""

    key: ClassVar[str] = "notion"
    settings_class: ClassVar[type[ProviderSettings]] = NotionSettings
    usual_base_url: ClassVar[str] = "https://api.notion.com"
    paging: ClassVar[Paging] = Cursor(("next_cursor",), "start_cursor")

    def headers(self) -> Mapping[str, str]:
        """Name the version, without which nothing is answered."""
        own = read_as(NotionSettings, self.settings)
        return {"accept": "application/json", "notion-version": own.version}

    def probe(self) -> Probe:
        """Ask whose token it is."""
        return Probe("/v1/users/me")

    async def me(self) -> NotionUser:
        """Give the bot that the token belongs to."""
        return await self.read(NotionUser, "/v1/users/me")

    def search(self, query: str = "", *, limit: int | None = None) -> AsyncGenerator[NotionFound]:
        """Give the pages and databases whose title matches, *limit* of them at most."""
        asked: dict[str, object] = {"query": query, "page_size": 100}
        return self.items(
            NotionFound,
            "/v1/search",
            within="results",
            limit=limit,
            json=asked,
            idempotent=True,  # asked for by POST, and changes nothing
        )
