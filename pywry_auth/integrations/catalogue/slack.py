"""Slack."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar

from pydantic import Field, JsonValue

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
from pywry_auth.json_value import is_object
from pywry_auth.protocol.wire import WireReply


_KINDS = ("bot", "user")  # what Slack says where RFC 6749 has the type of the token
#: what Slack puts into a member of its own where an app asks for user scopes
_OF_A_USER = ("access_token", "refresh_token", "expires_in", "scope")


class SlackAppCredentials(ServiceAppCredentials):
    """
    A Slack app, with the tokens that an installation gave it.

    Attributes:
        bot_token: begins with ``xoxb-``.
        user_token: begins with ``xoxp-``; used where there is no bot token.
        token: either of them; used where neither is given by its own name.
    """

    environment: ClassVar[Mapping[str, tuple[str, ...]]] = MappingProxyType(
        {
            "bot_token": ("SLACK_BOT_TOKEN",),
            "user_token": ("SLACK_USER_TOKEN",),
            "token": ("SLACK_TOKEN",),
            "client_id": ("SLACK_CLIENT_ID",),
            "client_secret": ("SLACK_CLIENT_SECRET",),
            "redirect_uri": ("SLACK_REDIRECT_URI",),
        }
    )

    authorization_url: Address = "https://slack.com/oauth/v2/authorize"
    token_url: Address = "https://slack.com/api/oauth.v2.access"
    scope_separator: str = Field(default=",", min_length=1)
    token_endpoint_auth_method: AuthMethod | None = "client_secret_basic"
    bot_token: Secret = ""
    user_token: Secret = ""


class SlackUserCredentials(TokenUserCredentials):
    """
    What a workspace is reached with.

    Attributes:
        user_token: acts as the person, where the app asked for that beside its bot.
        bot_user_id: who the bot is there, or None.
        app_id: which app was installed, or None.
        team: the workspace, as Slack describes it, or None.
    """

    separator: ClassVar[str] = ","
    shown: ClassVar[frozenset[str]] = frozenset({"bot_user_id", "app_id"})

    user_token: str | None = Field(default=None, repr=False)
    bot_user_id: str | None = None
    app_id: str | None = None
    team: dict[str, JsonValue] | None = None


class SlackFlow(OAuth2Flow):
    """The authorization code flow with answers as Slack words them."""

    def plain(self, reply: WireReply) -> WireReply:
        """Take the token of a person for the token, where the app asked for no bot."""
        members = members_of(reply)
        if members is None:
            return reply
        person = members.get("authed_user")
        if is_object(person) and isinstance(person.get("access_token"), str):
            if "access_token" in members:
                members["user_token"] = person["access_token"]
            else:
                members |= {name: person[name] for name in _OF_A_USER if name in person}
        if members.get("token_type") in _KINDS:
            members["token_type"] = "Bearer"
        return reworded(reply, members)


class SlackAuthProvider(AuthProvider):
    """Slack, by its Web interface."""

    key = "slack"
    app_credentials_class: ClassVar[type[AppCredentials]] = SlackAppCredentials
    user_credentials_class: ClassVar[type[UserCredentials]] = SlackUserCredentials

    @classmethod
    def default_bindings(cls) -> dict[str, AuthBinding]:
        """Give Slack itself."""
        return {"slack": TokenBinding(("bot_token", "user_token", "token"))}

    @flow
    def oauth2(self) -> SlackFlow:
        """Install the app into a workspace; name its scopes, or ``user_scope`` as a parameter."""
        return SlackFlow(
            self.app_credentials, token_class=self.user_credentials_class, provider=self.key
        )
