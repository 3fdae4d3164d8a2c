"""Notion."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar

from pywry_auth.integrations.binding import AuthBinding
from pywry_auth.integrations.credentials.app_credentials import (
    Address,
    AppCredentials,
    AuthMethod,
    UserCredentials,
)
from pywry_auth.integrations.credentials.service_credentials import (
    ServiceAppCredentials,
    TokenUserCredentials,
)
from pywry_auth.integrations.flows.oauth2_flow import OAuth2Flow
from pywry_auth.integrations.provider import AuthProvider, flow
from pywry_auth.integrations.token_binding import REACH, TokenBinding


class NotionAppCredentials(ServiceAppCredentials):
    """
    A public integration, or the secret of an internal one.

    Attributes:
        version: the version of the interface, like ``2022-06-28``, or None for the usual one.
    """

    environment: ClassVar[Mapping[str, tuple[str, ...]]] = MappingProxyType(
        {
            "token": ("NOTION_TOKEN", "NOTION_API_KEY"),
            "client_id": ("NOTION_CLIENT_ID",),
            "client_secret": ("NOTION_CLIENT_SECRET",),
            "redirect_uri": ("NOTION_REDIRECT_URI",),
            "version": ("NOTION_VERSION",),
        }
    )
    shown: ClassVar[frozenset[str]] = frozenset({"version"})

    authorization_url: Address = "https://api.notion.com/v1/oauth/authorize"
    token_url: Address = "https://api.notion.com/v1/oauth/token"
    token_endpoint_auth_method: AuthMethod | None = "client_secret_basic"
    version: str | None = None


class NotionUserCredentials(TokenUserCredentials):
    """
    What a workspace is reached with.

    Attributes:
        workspace_id: which workspace, or None.
        workspace_name: its name for people, or None.
        bot_id: names this authorisation, or None.
    """

    shown: ClassVar[frozenset[str]] = frozenset({"workspace_id", "workspace_name", "bot_id"})

    workspace_id: str | None = None
    workspace_name: str | None = None
    bot_id: str | None = None


class NotionAuthProvider(AuthProvider):
    """Notion, for pages and data sources."""

    key = "notion"
    app_credentials_class: ClassVar[type[AppCredentials]] = NotionAppCredentials
    user_credentials_class: ClassVar[type[UserCredentials]] = NotionUserCredentials

    @classmethod
    def default_bindings(cls) -> dict[str, AuthBinding]:
        """Give Notion itself."""
        return {"notion": TokenBinding(copied=("version", *REACH))}

    @flow
    def oauth2(self) -> OAuth2Flow:
        """Connect a workspace; the person picks its pages there, so there are no scopes."""
        return OAuth2Flow(
            self.app_credentials,
            token_class=self.user_credentials_class,
            authorize_params={"owner": "user"},
            provider=self.key,
        )
