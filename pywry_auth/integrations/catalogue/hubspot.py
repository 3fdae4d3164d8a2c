"""HubSpot."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar

from pywry_auth.integrations.binding import AuthBinding
from pywry_auth.integrations.credentials.app_credentials import (
    Address,
    AppCredentials,
    AuthMethod,
    Secret,
    UserCredentials,
)
from pywry_auth.integrations.credentials.service_credentials import (
    ServiceAppCredentials,
    TokenUserCredentials,
)
from pywry_auth.integrations.flows.oauth2_flow import OAuth2Flow
from pywry_auth.integrations.provider import AuthProvider, flow
from pywry_auth.integrations.token_binding import TokenBinding
from pywry_auth.integrations.wording import members_of, reworded
from pywry_auth.protocol.wire import WireReply


class HubSpotAppCredentials(ServiceAppCredentials):
    """
    A HubSpot app.

    Attributes:
        private_app_token: the token of a private app, which belongs to one account.
        token: the same; used where it is not given by its own name.
    """

    environment: ClassVar[Mapping[str, tuple[str, ...]]] = MappingProxyType(
        {
            "private_app_token": ("HUBSPOT_ACCESS_TOKEN", "HUBSPOT_PRIVATE_APP_TOKEN"),
            "token": ("HUBSPOT_TOKEN",),
            "client_id": ("HUBSPOT_CLIENT_ID",),
            "client_secret": ("HUBSPOT_CLIENT_SECRET",),
            "redirect_uri": ("HUBSPOT_REDIRECT_URI",),
        }
    )

    authorization_url: Address = "https://app.hubspot.com/oauth/authorize"
    token_url: Address = "https://api.hubapi.com/oauth/v1/token"
    token_endpoint_auth_method: AuthMethod | None = "client_secret_post"
    private_app_token: Secret = ""


class HubSpotFlow(OAuth2Flow):
    """The authorization code flow with refusals as HubSpot words them."""

    def plain(self, reply: WireReply) -> WireReply:
        """Take ``status`` for ``error``, where there is none."""
        members = members_of(reply)
        if members is None or "error" in members or "access_token" in members:
            return reply
        status = members.get("status")
        if not isinstance(status, str):
            return reply
        said = {"error": status.lower(), "error_description": members.get("message")}
        return reworded(reply, said)


class HubSpotAuthProvider(AuthProvider):
    """HubSpot, for its CRM."""

    key = "hubspot"
    app_credentials_class: ClassVar[type[AppCredentials]] = HubSpotAppCredentials
    user_credentials_class: ClassVar[type[UserCredentials]] = TokenUserCredentials

    @classmethod
    def default_bindings(cls) -> dict[str, AuthBinding]:
        """Give HubSpot itself."""
        return {"hubspot": TokenBinding(("private_app_token", "token"))}

    @flow
    def oauth2(self) -> HubSpotFlow:
        """Install the app into an account."""
        return HubSpotFlow(
            self.app_credentials,
            default_scope="oauth",  # HubSpot demands a scope; this is the least
            token_class=self.user_credentials_class,
            provider=self.key,
        )
