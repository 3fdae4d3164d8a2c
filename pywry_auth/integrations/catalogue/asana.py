"""Asana."""

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


class AsanaAppCredentials(ServiceAppCredentials):
    """
    An Asana app, or a personal access token.

    Attributes:
        workspace_gid: the usual workspace, or None.
    """

    environment: ClassVar[Mapping[str, tuple[str, ...]]] = MappingProxyType(
        {
            "token": ("ASANA_ACCESS_TOKEN", "ASANA_TOKEN", "ASANA_PAT"),
            "client_id": ("ASANA_CLIENT_ID",),
            "client_secret": ("ASANA_CLIENT_SECRET",),
            "redirect_uri": ("ASANA_REDIRECT_URI",),
            "workspace_gid": ("ASANA_WORKSPACE_GID",),
        }
    )
    shown: ClassVar[frozenset[str]] = frozenset({"workspace_gid"})

    authorization_url: Address = "https://app.asana.com/-/oauth_authorize"
    token_url: Address = "https://app.asana.com/-/oauth_token"
    token_endpoint_auth_method: AuthMethod | None = "client_secret_post"
    workspace_gid: str | None = None


class AsanaAuthProvider(AuthProvider):
    """Asana, for tasks and projects."""

    key = "asana"
    app_credentials_class: ClassVar[type[AppCredentials]] = AsanaAppCredentials
    user_credentials_class: ClassVar[type[UserCredentials]] = TokenUserCredentials

    @classmethod
    def default_bindings(cls) -> dict[str, AuthBinding]:
        """Give Asana itself."""
        return {"asana": TokenBinding(copied=("workspace_gid", *REACH))}

    @flow
    def oauth2(self) -> OAuth2Flow:
        """Connect an account; without scopes the app gets those it is registered with."""
        return OAuth2Flow(
            self.app_credentials, token_class=self.user_credentials_class, provider=self.key
        )
