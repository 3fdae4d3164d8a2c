"""Microsoft Graph."""

from collections.abc import AsyncGenerator
from typing import ClassVar

from pywry_auth.integrations.reaching.health import Probe
from pywry_auth.integrations.reaching.paging import NextLink, Paging
from pywry_auth.integrations.reaching.target import Target
from pywry_auth.integrations.targets.model import CamelReply


class GraphUser(CamelReply):
    """A person of an organisation, or with an account of their own."""

    id: str
    display_name: str | None = None
    user_principal_name: str = ""
    mail: str | None = None


class GraphMessage(CamelReply):
    """A message in a mailbox."""

    id: str
    subject: str | None = None
    received_date_time: str = ""
    is_read: bool = False


class MicrosoftGraph(Target):
    """Reaches everything behind Microsoft Graph; the public cloud, unless settings say another."""

    key: ClassVar[str] = "microsoft"
    usual_base_url: ClassVar[str] = "https://graph.microsoft.com/v1.0"
    paging: ClassVar[Paging] = NextLink("@odata.nextLink")

    def probe(self) -> Probe:
        """Ask whose token it is."""
        return Probe("/me", {"$select": "id"})

    async def me(self) -> GraphUser:
        """Give the account that the token belongs to."""
        return await self.read(GraphUser, "/me")

    def messages(self, *, limit: int | None = None) -> AsyncGenerator[GraphMessage]:
        """Give the messages of the mailbox, *limit* of them at most."""
        params = {"$select": "id,subject,receivedDateTime,isRead"}
        return self.items(GraphMessage, "/me/messages", within="value", limit=limit, params=params)
