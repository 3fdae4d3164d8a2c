"""The session of whoever is signed in at the moment, for requests to resources."""

from collections.abc import Callable

from pywry_auth import protocol
from pywry_auth import session as sessions
from pywry_auth.errors import TokenExpiredError
from pywry_auth.tokens import OAuthTokenSet


class CurrentSession:
    """
    A session that changes with the account, so that one client serves all accounts in turn.

    Args:
        find: gives the session of now, or None.
    """

    def __init__(self, find: "Callable[[], sessions.SessionManager | None]") -> None:
        self._find = find

    @property
    def tokens(self) -> OAuthTokenSet | None:
        """What is held now."""
        session = self._find()
        return None if session is None else session.tokens

    def fresh_tokens(self) -> OAuthTokenSet | None:
        """Give what is held, if it can be used without a thought."""
        session = self._find()
        return None if session is None else session.fresh_tokens()

    async def get_access_token(self) -> str:
        """
        Give an access token with some life left, renewed first if need be.

        Raises:
            TokenExpiredError: nobody is signed in.
            TokenRefreshError: see ``SessionManager.get_access_token``.
        """
        return await self._session().get_access_token()

    async def renew_rejected(self, access_token: str) -> OAuthTokenSet:
        """
        Give other tokens than the one that was refused.

        Raises:
            TokenExpiredError: nobody is signed in.
            TokenRefreshError: see ``SessionManager.renew_rejected``.
        """
        return await self._session().renew_rejected(access_token)

    async def dpop_key(self) -> "protocol.DPoPKey | None":
        """Give the key that the tokens are bound to; None where they are not."""
        session = self._find()
        return None if session is None else await session.dpop_key()

    def _session(self) -> "sessions.SessionManager":
        session = self._find()
        if session is None:
            raise TokenExpiredError("nobody is signed in", hint="call sign_in() first")
        return session
