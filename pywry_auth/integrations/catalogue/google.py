"""Google, whose one token unlocks five targets."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar

from pywry_auth.integrations.auth_provider_key import AuthProviderKey
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
from pywry_auth.integrations.token_binding import REACH, TokenBinding


#: which account, calendar, document, folder, table is meant where a call does not say
_MEANT = ("user_id", "calendar_id", "document_id", "folder_id", "spreadsheet_id")


class GoogleAppCredentials(ServiceAppCredentials):
    """
    A client of a Google Cloud project, or an access token of the application's own.

    Attributes:
        access_token: used where there is no ``token``.
        user_id: whose mail; "me" is whoever the token belongs to.
        calendar_id: the usual calendar.
        document_id: the usual document.
        folder_id: the usual folder.
        spreadsheet_id: the usual table.
    """

    environment: ClassVar[Mapping[str, tuple[str, ...]]] = MappingProxyType(
        {
            "token": ("GOOGLE_TOKEN",),
            "access_token": ("GOOGLE_ACCESS_TOKEN", "GOOGLE_OAUTH_ACCESS_TOKEN"),
            "client_id": ("GOOGLE_CLIENT_ID",),
            "client_secret": ("GOOGLE_CLIENT_SECRET",),
            "redirect_uri": ("GOOGLE_REDIRECT_URI",),
            "user_id": ("GOOGLE_USER_ID",),
            "calendar_id": ("GOOGLE_CALENDAR_ID",),
            "document_id": ("GOOGLE_DOCUMENT_ID",),
            "folder_id": ("GOOGLE_DRIVE_FOLDER_ID",),
            "spreadsheet_id": ("GOOGLE_SPREADSHEET_ID",),
        }
    )
    shown: ClassVar[frozenset[str]] = frozenset(_MEANT)

    authorization_url: Address = "https://accounts.google.com/o/oauth2/v2/auth"
    token_url: Address = "https://oauth2.googleapis.com/token"
    token_endpoint_auth_method: AuthMethod | None = "client_secret_post"
    issuer: str = "https://accounts.google.com"
    access_token: Secret = ""
    user_id: str | None = None
    calendar_id: str | None = None
    document_id: str | None = None
    folder_id: str | None = None
    spreadsheet_id: str | None = None

    @classmethod
    def completed(cls, given: dict[str, object]) -> dict[str, object]:
        """Give no issuer to compare with, where somebody else is asked in Google's place."""
        return {"issuer": ""} | given if "authorization_url" in given else given


class GoogleAuthProvider(AuthProvider):
    """Google: mail, calendars, documents, files, tables."""

    key = "google"
    app_credentials_class: ClassVar[type[AppCredentials]] = GoogleAppCredentials
    user_credentials_class: ClassVar[type[UserCredentials]] = TokenUserCredentials

    @classmethod
    def default_bindings(cls) -> dict[str, AuthBinding]:
        """Give the five targets, all with the same token."""
        binding = TokenBinding(("token", "access_token"), (*REACH, *_MEANT))
        return dict.fromkeys(AuthProviderKey.GOOGLE.targets, binding)

    @flow
    def oauth2(self) -> OAuth2Flow:
        """Connect an account, for as long as the person allows it; name the scopes wanted."""
        return OAuth2Flow(
            self.app_credentials,
            default_scope=("openid", "email"),
            token_class=self.user_credentials_class,
            # Google gives a refresh token only when asked, and after a first time only with consent
            authorize_params={"access_type": "offline", "prompt": "consent"},
            provider=self.key,
        )
