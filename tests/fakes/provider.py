"""A provider that answers as a test says."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from pywry_auth.clock import Clock
from pywry_auth.providers.base import OAuthProvider
from pywry_auth.tokens import OAuthTokenSet


class ScriptedProvider(OAuthProvider):
    """
    Gives ``access-1``, ``access-2``, ... and rotates its refresh tokens.

    Attributes:
        script: what the next refreshes do: an error to raise, or something to await first.
        refreshed_with: the refresh tokens it was sent.
        revoked: the tokens it was asked to revoke.
    """

    name = "scripted"

    def __init__(self, clock: Clock, *, life: float | None = 3600.0, client_id: str = "me") -> None:
        super().__init__(client_id, token_url="https://op.example/token", clock=clock)
        self.life = life
        self.script: list[BaseException | Callable[[], Awaitable[object]]] = []
        self.refreshed_with: list[str] = []
        self.revoked: list[str] = []
        self.revokes = True
        self.id_tokens: list[str] = []
        self._number = 0

    def tokens(self, **changes: object) -> OAuthTokenSet:
        """Give the next token set, as a sign-in or a refresh would."""
        self._number += 1
        made = OAuthTokenSet(
            f"access-{self._number}",
            refresh_token=f"refresh-{self._number}",
            expires_in=self.life,
            issued_at=self._clock.now(),
            origin=self.origin("alice"),
        )
        return replace(made, **changes) if changes else made

    async def exchange_code(self, code, redirect_uri, pkce_verifier=None, nonce=None):
        del code, redirect_uri, pkce_verifier, nonce
        return self.tokens()

    async def refresh_tokens(self, refresh_token: str) -> OAuthTokenSet:
        self.refreshed_with.append(refresh_token)
        if self.script:
            step = self.script.pop(0)
            if isinstance(step, BaseException):
                raise step
            await step()
        id_token = self.id_tokens.pop(0) if self.id_tokens else None
        return self.tokens(id_token=id_token) if id_token else self.tokens()

    async def revoke_token(self, token: str) -> bool:
        self.revoked.append(token)
        return self.revokes
