"""What is needed of whoever holds the tokens."""

from typing import Protocol, runtime_checkable

from pywry_auth.errors import ConfigError
from pywry_auth.protocol.dpop import DPoPKey
from pywry_auth.tokens import OAuthTokenSet


@runtime_checkable
class TokenSession(Protocol):
    """
    A session, as far as requests to resources are concerned.

    ``SessionManager`` is one, and ``TokenManager`` is one.
    """

    @property
    def tokens(self) -> OAuthTokenSet | None:
        """What is held now."""
        ...

    async def get_access_token(self) -> str:
        """Give an access token with some life left, renewed first if need be."""
        ...

    async def renew_rejected(self, access_token: str) -> OAuthTokenSet:
        """Give other tokens than the one that was refused; nobody is asked if they are held."""
        ...

    async def dpop_key(self) -> DPoPKey | None:
        """Give the key that the tokens are bound to; None where they are not."""
        ...


@runtime_checkable
class ReadySession(Protocol):
    """What a session has beside that if it need not always be awaited."""

    def fresh_tokens(self) -> OAuthTokenSet | None:
        """Give what is held, if it can be used without a thought; None where it takes one."""
        ...


def require_session(given: object) -> None:
    """
    Refuse what holds no tokens, before the first request fails of it.

    Raises:
        ConfigError: *given* is no session.
    """
    if isinstance(given, type):
        raise ConfigError(f"session is the class {given.__name__}", hint="make one of it first")
    if not isinstance(given, TokenSession):
        raise ConfigError(
            f"session is {type(given).__name__}, which holds no tokens",
            hint="give a SessionManager, or the TokenManager of a program",
        )
