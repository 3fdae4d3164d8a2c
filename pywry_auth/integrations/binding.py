"""From credentials to the settings of one target."""

from typing import Protocol, runtime_checkable

from pywry_auth.integrations.credentials.app_credentials import AppCredentials
from pywry_auth.integrations.credentials.user_credentials import UserCredentials
from pywry_auth.integrations.settings import ProviderSettings
from pywry_auth.integrations.subjects import Subject


@runtime_checkable
class AuthBinding(Protocol):
    """Makes the settings of one target from what a subject, or the application, has."""

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
        Give the settings with which the target is reached.

        Args:
            manager: the ``AuthManager`` that asks.
            provider: the key of the target.
            subject: on whose behalf.
            app_credentials: what the application has.
            user_credentials: what was given for or stored of the subject, or None.

        Raises:
            CredentialMissingError: nothing of this gives access.
        """
        ...


def is_binding(given: object) -> bool:
    """Say whether *given*, whatever a caller without a type checker wrote, can be a binding."""
    return isinstance(given, AuthBinding)
