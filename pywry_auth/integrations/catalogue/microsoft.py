"""Microsoft, by Microsoft Graph."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar

from pydantic import Field

from pywry_auth.integrations.binding import AuthBinding
from pywry_auth.integrations.credentials.app_credentials import (
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
from pywry_auth.integrations.token_binding import TokenBinding


LOGIN = "https://login.microsoftonline.com"
_TENANT = r"^[A-Za-z0-9.\-]+$"  # it goes into an address


class MicrosoftAppCredentials(ServiceAppCredentials):
    """
    An app registration, or a token of the application's own.

    Attributes:
        tenant_id: a GUID, a domain, or ``common``, ``organizations``, ``consumers``; it decides
            the two addresses, where they are not given.
    """

    environment: ClassVar[Mapping[str, tuple[str, ...]]] = MappingProxyType(
        {
            "token": ("MICROSOFT_TOKEN", "MICROSOFT_ACCESS_TOKEN", "MS_GRAPH_TOKEN"),
            "client_id": ("MICROSOFT_CLIENT_ID", "AZURE_CLIENT_ID"),
            "client_secret": ("MICROSOFT_CLIENT_SECRET", "AZURE_CLIENT_SECRET"),
            "tenant_id": ("MICROSOFT_TENANT_ID", "AZURE_TENANT_ID"),
            "redirect_uri": ("MICROSOFT_REDIRECT_URI",),
        }
    )
    shown: ClassVar[frozenset[str]] = frozenset({"tenant_id"})

    tenant_id: str = Field(default="common", pattern=_TENANT)
    token_endpoint_auth_method: AuthMethod | None = "client_secret_post"

    @classmethod
    def completed(cls, given: dict[str, object]) -> dict[str, object]:
        """Give the addresses of the tenant, where they are not given."""
        base = f"{LOGIN}/{given.get('tenant_id', 'common')}/oauth2/v2.0"
        usual = {"authorization_url": f"{base}/authorize", "token_url": f"{base}/token"}
        return usual | given


class MicrosoftAuthProvider(AuthProvider):
    """Microsoft 365, by Microsoft Graph."""

    key = "microsoft"
    app_credentials_class: ClassVar[type[AppCredentials]] = MicrosoftAppCredentials
    user_credentials_class: ClassVar[type[UserCredentials]] = TokenUserCredentials

    @classmethod
    def default_bindings(cls) -> dict[str, AuthBinding]:
        """Give Microsoft Graph."""
        return {"microsoft": TokenBinding()}

    @flow
    def oauth2(self) -> OAuth2Flow:
        """Connect an account, for as long as the person allows it; name the scopes wanted."""
        return OAuth2Flow(
            self.app_credentials,
            default_scope=("offline_access", "User.Read"),
            token_class=self.user_credentials_class,
            provider=self.key,
        )
