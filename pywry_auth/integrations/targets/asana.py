"""Asana."""

from collections.abc import AsyncGenerator
from typing import ClassVar

from pywry_auth.errors import ConfigError
from pywry_auth.integrations.reaching.health import Probe
from pywry_auth.integrations.reaching.paging import Cursor, Paging
from pywry_auth.integrations.reaching.target import Target
from pywry_auth.integrations.settings import ProviderSettings, read_as
from pywry_auth.integrations.targets.model import Reply


class AsanaSettings(ProviderSettings):
    """
    How Asana is reached.

    Attributes:
        workspace_gid: which workspace where a call names none; "" is none.
    """

    workspace_gid: str = ""


class AsanaUser(Reply):
    """A person."""

    gid: str
    name: str = ""
    email: str | None = None


class AsanaProject(Reply):
    """A project."""

    gid: str
    name: str = ""


class _Mine(Reply):
    data: AsanaUser


class Asana(Target):
    """Reaches the workspaces of one person."""

    key: ClassVar[str] = "asana"
    settings_class: ClassVar[type[ProviderSettings]] = AsanaSettings
    usual_base_url: ClassVar[str] = "https://app.asana.com/api/1.0"
    paging: ClassVar[Paging] = Cursor(("next_page", "offset"), "offset")

    def probe(self) -> Probe:
        """Ask whose token it is."""
        return Probe("/users/me", {"opt_fields": "gid"})

    async def me(self) -> AsanaUser:
        """Give the person that the token belongs to."""
        return (await self.read(_Mine, "/users/me")).data

    def projects(
        self, workspace_gid: str = "", *, limit: int | None = None
    ) -> AsyncGenerator[AsanaProject]:
        """
        Give the projects of a workspace, *limit* of them at most.

        Raises:
            ConfigError: no workspace is named, here or in the settings.
        """
        own = workspace_gid or read_as(AsanaSettings, self.settings).workspace_gid
        if not own:
            raise ConfigError(
                "no workspace is named", hint="give one, or set workspace_gid in the settings"
            )
        # Without a page size nothing is said about where the list goes on.
        params = {"workspace": own, "limit": 100}
        return self.items(AsanaProject, "/projects", within="data", limit=limit, params=params)
