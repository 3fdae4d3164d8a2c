"""The binding of every provider whose targets take a bearer token."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel

from pywry_auth.errors import CredentialMissingError
from pywry_auth.integrations.credentials.app_credentials import AppCredentials
from pywry_auth.integrations.credentials.user_credentials import UserCredentials
from pywry_auth.integrations.settings import ProviderSettings
from pywry_auth.integrations.subjects import Subject


#: what every target can be told besides its token
REACH = ("base_url", "timeout", "user_agent")


@dataclass(frozen=True, slots=True)
class TokenBinding:
    """
    Takes the user's token, or one of the application's, and copies what goes with it.

    Further fields of a user's record reach the settings too, so that a record can say more than
    this knows.

    Attributes:
        app_tokens: the fields of the app credentials that hold a token, best first.
        copied: names copied from the app credentials, where the user's record does not say them.
        settings_class: what is made.
    """

    app_tokens: tuple[str, ...] = ("token",)
    copied: tuple[str, ...] = REACH
    settings_class: type[ProviderSettings] = ProviderSettings

    async def to_settings(
        self,
        *,
        manager: object,
        provider: str,
        subject: Subject,
        app_credentials: AppCredentials,
        user_credentials: UserCredentials | None,
    ) -> ProviderSettings:
        """
        Give the settings of the target *provider*.

        Raises:
            CredentialMissingError: neither the user nor the application has a token.
            ValidationError: something that is copied does not fit; its value is not shown.
        """
        del manager, subject
        return self.settings(provider, app_credentials, user_credentials)

    def settings(
        self,
        provider: str,
        app_credentials: AppCredentials,
        user_credentials: UserCredentials | None = None,
    ) -> ProviderSettings:
        """Give the same, without waiting; without a user, what the application alone has."""
        app, user = _said(app_credentials), _said(user_credentials)
        found = {name: app[name] for name in self.copied if name in app}
        # What is copied is among them: none of it is a field of all user credentials.
        found |= {n: v for n, v in user.items() if n not in UserCredentials.model_fields}
        if user_credentials is not None and user_credentials.access_token:
            found |= {"token": user_credentials.access_token, "token_type": user_credentials.scheme}
        else:
            found["token"] = self._app_token(provider, app)
        return self.settings_class.model_validate(found)

    def _app_token(self, provider: str, app: Mapping[str, object]) -> object:
        for name in self.app_tokens:
            if name in app:
                return app[name]
        raise CredentialMissingError(
            f"nobody has a token for {provider}: neither the subject nor the application",
            provider=provider,
            hint="connect the account and store its credentials, or configure an application token",
        )


def _said(model: BaseModel | None) -> dict[str, object]:
    if model is None:
        return {}
    return {name: value for name, value in model if value is not None and value != ""}
