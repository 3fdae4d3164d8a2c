"""GitHub."""

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
from pywry_auth.integrations.token_binding import TokenBinding


class GitHubAppCredentials(ServiceAppCredentials):
    """An OAuth app or a GitHub App, or a token of the application's own."""

    environment: ClassVar[Mapping[str, tuple[str, ...]]] = MappingProxyType(
        {
            "token": ("GITHUB_TOKEN", "GH_TOKEN"),
            "client_id": ("GITHUB_CLIENT_ID",),
            "client_secret": ("GITHUB_CLIENT_SECRET",),
            "redirect_uri": ("GITHUB_REDIRECT_URI",),
            "base_url": ("GITHUB_API_URL",),
        }
    )

    authorization_url: Address = "https://github.com/login/oauth/authorize"
    token_url: Address = "https://github.com/login/oauth/access_token"
    token_endpoint_auth_method: AuthMethod | None = "client_secret_post"


class GitHubUserCredentials(TokenUserCredentials):
    """What a person's GitHub account is reached with."""

    separator: ClassVar[str] = ","  # in answers; requests have spaces


class GitHubAuthProvider(AuthProvider):
    """GitHub, for repositories and people."""

    key = "github"
    app_credentials_class: ClassVar[type[AppCredentials]] = GitHubAppCredentials
    user_credentials_class: ClassVar[type[UserCredentials]] = GitHubUserCredentials

    @classmethod
    def default_bindings(cls) -> dict[str, AuthBinding]:
        """Give GitHub itself."""
        return {"github": TokenBinding()}

    @flow
    def oauth2(self) -> OAuth2Flow:
        """Connect an account; an OAuth app's tokens do not end, a GitHub App's do."""
        return OAuth2Flow(
            self.app_credentials, token_class=self.user_credentials_class, provider=self.key
        )
