"""What the credentials of all built-in providers have in common."""

from typing import ClassVar

from pydantic import Field

from pywry_auth.integrations.credentials.app_credentials import (
    Address,
    OAuth2AppCredentials,
    Secret,
)
from pywry_auth.integrations.credentials.user_credentials import UserCredentials


class ServiceAppCredentials(OAuth2AppCredentials):
    """
    A client registration at a service, with how the service is reached.

    Attributes:
        base_url: where its API is; "" is the usual place.
        timeout: seconds for one request, or None for the usual number.
        user_agent: how the program names itself there; "" is the usual name.
        token: one of the application's own, used for subjects who have none.
    """

    shown: ClassVar[frozenset[str]] = frozenset({"base_url", "timeout", "user_agent"})

    base_url: Address = ""
    timeout: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    user_agent: str = ""
    token: Secret = ""


class TokenUserCredentials(UserCredentials):
    """Credentials that are nothing without an access token."""

    access_token: Secret = Field(min_length=1)
