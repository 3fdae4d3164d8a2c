"""What every procedure has by which a user connects an account."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar

from pywry_auth.integrations.credentials.user_credentials import UserCredentials
from pywry_auth.integrations.subjects import Subject


class BaseAuthFlow(ABC):
    """Asks a person, takes the answer, renews what came of it; subclasses add their arguments."""

    #: names the kind of procedure, for example ``"oauth2"``
    kind: ClassVar[str] = ""

    @abstractmethod
    async def authorize(self) -> dict[str, str]:
        """Give where to send the person, with what has to be remembered until the answer."""

    @abstractmethod
    async def exchange(self, *, subject: Subject) -> UserCredentials:
        """Turn the answer into credentials; they are not stored."""

    @abstractmethod
    async def refresh(
        self,
        *,
        subject: Subject | None = None,
        credentials: UserCredentials | Mapping[str, object] | None = None,
    ) -> UserCredentials:
        """Give fresh credentials in place of *credentials*; they are not stored."""

    async def close(self) -> None:  # noqa: B027 - most flows keep nothing open
        """Close every connection; may be repeated, and the flow used again."""
