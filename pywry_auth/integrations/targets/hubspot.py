"""HubSpot."""

from collections.abc import AsyncGenerator
from typing import ClassVar

from pydantic import Field

from pywry_auth.integrations.reaching.health import Probe
from pywry_auth.integrations.reaching.paging import Cursor, Paging
from pywry_auth.integrations.reaching.target import Target
from pywry_auth.integrations.targets.model import CamelReply


class HubSpotAccount(CamelReply):
    """The account that the token belongs to."""

    portal_id: int
    account_type: str = ""
    time_zone: str = ""
    ui_domain: str = ""


class HubSpotRecord(CamelReply):
    """A contact, a company, a deal: anything that has properties."""

    id: str
    properties: dict[str, str | None] = Field(default_factory=dict[str, str | None])


class HubSpot(Target):
    """Reaches one account's records."""

    key: ClassVar[str] = "hubspot"
    usual_base_url: ClassVar[str] = "https://api.hubapi.com"
    paging: ClassVar[Paging] = Cursor(("paging", "next", "after"), "after")

    def probe(self) -> Probe:
        """Ask whose token it is."""
        return Probe("/account-info/v3/details")

    async def account(self) -> HubSpotAccount:
        """Give the account that the token belongs to."""
        return await self.read(HubSpotAccount, "/account-info/v3/details")

    def contacts(self, *, limit: int | None = None) -> AsyncGenerator[HubSpotRecord]:
        """Give the contacts, *limit* of them at most."""
        path, params = "/crm/v3/objects/contacts", {"limit": 100}
        return self.items(HubSpotRecord, path, within="results", limit=limit, params=params)
