"""What every way to get tokens from a token endpoint is described by."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from pywry_auth.protocol.client_auth import ClientAuth, NoClientAuth


DEFAULT_CLIENT_ID = "cdse-public"


class TokenGrant(ABC):
    """
    One way to get tokens (RFC 6749 section 1.3), described; it asks nobody and opens nothing.

    A subclass says what its first token request holds; ``TokenManager`` sends it, keeps what comes
    and renews it.
    """

    #: the client identifier (RFC 6749 section 2.2)
    client_id: str
    #: what is asked for, separated by spaces; "" leaves it to the server
    scope: str = ""
    #: where tokens may be used, for servers that want it named (RFC 8707)
    resources: Sequence[str] = ()

    @property
    @abstractmethod
    def can_reauthenticate(self) -> bool:
        """Whether the grant can be made once more without a person."""

    @property
    def can_begin(self) -> bool:
        """Whether the grant can be made while nothing is stored; one that is used up cannot."""
        return True

    @property
    def outlasts_refusal(self) -> bool:
        """
        Whether the grant may be sent again after the server refused it.

        Not where each time counts as one more wrong password, of which few lock an account.
        """
        return True

    @property
    def subject(self) -> str:
        """Whose tokens these will be, as far as the grant says: the user name; "" is unknown."""
        return ""

    @abstractmethod
    def grant_data(self) -> dict[str, str]:
        """Give the form fields of the first token request; some of them are secret."""

    def client_auth(self) -> ClientAuth:
        """Say how the client proves itself on every request, also when tokens are renewed."""
        return NoClientAuth(self.client_id)
