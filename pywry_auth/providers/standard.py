"""A provider whose token endpoint follows RFC 6749."""

from collections.abc import Callable
from dataclasses import replace

from pywry_auth.errors import (
    DiscoveryError,
    DiscoveryTransportError,
    ReauthRequiredError,
    RefreshTransportError,
    TokenError,
    TokenRefreshError,
    TokenTransportError,
    TransportError,
)
from pywry_auth.protocol.wire import WireReply, WireRequest
from pywry_auth.providers.base import TOKEN_TIMEOUT
from pywry_auth.providers.device import DeviceEndpoint
from pywry_auth.providers.pushing import PushedRequests
from pywry_auth.tokens import OAuthTokenSet


class StandardProvider(PushedRequests, DeviceEndpoint):
    """Exchanges and refreshes as RFC 6749 says; ID tokens are kept, but nothing in them is used."""

    async def exchange_code(
        self,
        code: str,
        redirect_uri: str,
        pkce_verifier: str | None = None,
        nonce: str | None = None,
    ) -> OAuthTokenSet:
        """
        Buy tokens with *code* (RFC 6749 section 4.1.3).

        Raises:
            TokenTransportError: nobody answered.
            TokenError: the provider refused, or its answer must not be used.
        """
        del nonce  # belongs to ID tokens
        return await self._redeem(code, redirect_uri, pkce_verifier)

    async def refresh_tokens(self, refresh_token: str) -> OAuthTokenSet:
        """
        Buy fresh tokens (RFC 6749 section 6); an answer without a refresh token keeps this one.

        Raises:
            ReauthRequiredError: the provider refused the refresh token for good.
            RefreshTransportError: nobody answered; the refresh token is as good as before.
            TokenRefreshError: anything else.
        """
        from pywry_auth.protocol.kept_secrets import secrets_kept
        from pywry_auth.protocol.token import read_refreshed, refresh_request

        await self._prepare_refresh()
        if self._prover.is_missing:
            raise ReauthRequiredError(
                "there is no key to prove with, though a proof is required", self.name
            )
        made = _Made(
            lambda: refresh_request(
                self.token_url,
                proof=self._proof(),
                refresh_token=refresh_token,
                resources=self.resources,
            )
        )
        try:
            reply = await self._ask_token_endpoint(made)
        except TransportError as exc:
            raise RefreshTransportError(str(exc), self.name) from None
        with secrets_kept(made.last):
            tokens = read_refreshed(
                reply,
                now=self._clock.now(),
                refresh_token=refresh_token,
                token_types=self._prover.token_types,
            )
        try:
            tokens = self._prover.require_bound(tokens, self.name)
        except TokenError as exc:
            raise TokenRefreshError(str(exc), self.name, hint=exc.hint) from None
        return replace(tokens, origin=self.origin())

    async def _redeem(
        self, code: str, redirect_uri: str, pkce_verifier: str | None
    ) -> OAuthTokenSet:
        from pywry_auth.protocol.kept_secrets import secrets_kept
        from pywry_auth.protocol.token import code_exchange, read_tokens

        await self._prepare_exchange()
        if self._prover.is_missing:
            raise TokenError(
                "there is no key to prove with, though a proof is required",
                self.name,
                hint="exchange the code inside speaking_with(await provider.new_dpop_key())",
            )
        made = _Made(
            lambda: code_exchange(
                self.token_url,
                proof=self._proof(),
                code=code,
                redirect_uri=redirect_uri,
                code_verifier=pkce_verifier,
                resources=self.resources,
            )
        )
        try:
            reply = await self._ask_token_endpoint(made)
        except TransportError as exc:
            raise TokenTransportError(str(exc), self.name) from None
        with secrets_kept(made.last):
            tokens = read_tokens(
                reply,
                now=self._clock.now(),
                requested_scope=" ".join(self.scopes),
                token_types=self._prover.token_types,
            )
        tokens = self._prover.require_bound(tokens, self.name)
        return replace(tokens, origin=self.origin())

    async def _ask_token_endpoint(self, make: Callable[[], WireRequest]) -> WireReply:
        """Send what *make* makes; it is made anew each time, because proofs are used once."""
        return await self._ask(make, within=TOKEN_TIMEOUT)

    async def _prepare_exchange(self) -> None:
        try:
            await self.prepare()
        except DiscoveryTransportError as exc:
            raise TokenTransportError(str(exc), self.name) from None
        if not self.token_url:
            raise TokenError("the token endpoint is not known", self.name)

    async def _prepare_refresh(self) -> None:
        try:
            await self.prepare()
        except DiscoveryTransportError as exc:
            raise RefreshTransportError(str(exc), self.name) from None
        except DiscoveryError as exc:
            raise TokenRefreshError(str(exc), self.name) from None
        if not self.token_url:
            raise TokenRefreshError("the token endpoint is not known", self.name)


class _Made:
    """Makes requests, and remembers the last of them."""

    def __init__(self, make: Callable[[], WireRequest]) -> None:
        self._make = make
        self.last = WireRequest("POST", "")

    def __call__(self) -> WireRequest:
        self.last = self._make()
        return self.last
