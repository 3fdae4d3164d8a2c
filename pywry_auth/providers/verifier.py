"""Checks ID tokens with keys that are read when they are needed."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Literal

from pywry_auth.clock import Clock
from pywry_auth.errors import TokenError, TokenTransportError, TransportError
from pywry_auth.protocol.discovery import ProviderMetadata
from pywry_auth.protocol.id_token import (
    IdTokenRules,
    JsonObject,
    UnknownKeyError,
    algorithms_for,
    verify_id_token,
    verify_userinfo,
)
from pywry_auth.protocol.jwks import Jwks, read_jwks
from pywry_auth.protocol.skipped import ANY_TIME, NO_NONCE, Skipped
from pywry_auth.protocol.timely import UntimelyError
from pywry_auth.protocol.wire import WireReply
from pywry_auth.runtime import PerLoop


logger = logging.getLogger(__name__)

REPEAT_EVERY = 60.0  # seconds; tokens with invented key names must not make us flood the provider


def rules_for(
    metadata: ProviderMetadata, *, client_id: str, client_secret: str, registered_alg: str | None
) -> IdTokenRules:
    """Say what a client with this registration expects of ID tokens."""
    announced = metadata.id_token_signing_alg_values_supported
    algorithms = algorithms_for(
        announced, registered=registered_alg, has_secret=bool(client_secret)
    )
    return IdTokenRules(metadata.issuer, client_id, algorithms, client_secret)


class IdTokenVerifier:
    """
    Holds one provider's keys, and reads them again, once, when a token names an unknown one.

    Args:
        fetch: asks for the key set.
        rules: what this client expects.
        clock: tells the time.
        offset: tells how many seconds the provider's clock is ahead, as far as is known.
    """

    def __init__(
        self,
        *,
        fetch: Callable[[], Awaitable[WireReply]],
        rules: IdTokenRules,
        clock: Clock,
        offset: Callable[[], float | None] = lambda: None,
    ) -> None:
        self._fetch = fetch
        self._offset = offset
        self._rules = rules
        self._clock = clock
        self._jwks: Jwks | None = None
        self._repeated_at: float | None = None
        self._gate = PerLoop(asyncio.Lock)

    async def warm(self) -> None:
        """
        Read the keys now if there are none yet.

        Raises:
            TokenError: they cannot be had.
        """
        async with self._gate.get():
            if self._jwks is None:
                await self._read()

    async def verify(
        self,
        id_token: str,
        *,
        nonce: str | Literal[Skipped.NO_NONCE],
        access_token: str | None = None,
    ) -> JsonObject:
        """
        Check *id_token*, and give its claims.

        Raises:
            TokenError: it must not be believed.
            TokenTransportError: the keys cannot be had.
        """
        return await self._with_keys(self._check_of(id_token, nonce, access_token))

    async def verify_refreshed(self, id_token: str, *, access_token: str) -> JsonObject | None:
        """
        Check an ID token that came with a refresh; no nonce belongs to it (OIDC Core 12.2).

        Returns:
            Its claims; None where nobody can say: the key that made it cannot be had now.

        Raises:
            TokenError: it must not be believed.
        """
        check = self._check_of(id_token, NO_NONCE, access_token)
        try:
            await self.warm()
            return await self._check_twice(check)
        except (TokenTransportError, UnknownKeyError) as exc:
            logger.warning("provider.id_token_ignored: %s", exc)
            return None
        except UntimelyError as exc:
            # It has just come from the token endpoint: what is wrong is a clock.
            logger.warning("provider.id_token_untimely: %s", exc)
            return await self._check_twice(
                self._check_of(id_token, NO_NONCE, access_token, any_time=ANY_TIME)
            )

    def _check_of(
        self,
        id_token: str,
        nonce: str | Literal[Skipped.NO_NONCE],
        access_token: str | None,
        *,
        any_time: Literal[Skipped.ANY_TIME] | None = None,
    ) -> Callable[[Jwks], JsonObject]:
        def check(jwks: Jwks) -> JsonObject:
            return verify_id_token(
                id_token,
                jwks,
                rules=self._rules,
                now=any_time or self._clock.now(),
                nonce=nonce,
                access_token=access_token,
                offset=self._offset(),
            )

        return check

    async def verify_userinfo(self, token: str) -> JsonObject:
        """
        Check a signed userinfo answer, and give its claims.

        Raises:
            TokenError: it must not be believed.
            TokenTransportError: the keys cannot be had.
        """
        return await self._with_keys(lambda jwks: verify_userinfo(token, jwks, rules=self._rules))

    async def _with_keys(self, check: Callable[[Jwks], JsonObject]) -> JsonObject:
        await self.warm()
        try:
            return await self._check_twice(check)
        except (UnknownKeyError, UntimelyError) as exc:
            # What might have been done about it concerns nobody outside: it was done.
            raise TokenError(str(exc), hint=exc.hint) from None

    async def _check_twice(self, check: Callable[[Jwks], JsonObject]) -> JsonObject:
        try:
            return check(self._jwks or Jwks(()))
        except UnknownKeyError:
            if not await self._read_again():
                raise
            return check(self._jwks or Jwks(()))

    async def _read_again(self) -> bool:
        async with self._gate.get():
            now = self._clock.monotonic()
            if self._repeated_at is not None and now - self._repeated_at < REPEAT_EVERY:
                return False
            self._repeated_at = now
            await self._read()
            return True

    async def _read(self) -> None:
        try:
            reply = await self._fetch()
        except TransportError as exc:
            raise TokenTransportError(f"the provider's signing keys: {exc}") from None
        if reply.is_transient:
            raise TokenTransportError(
                f"the provider's signing keys cannot be had now (status {reply.status})"
            )
        self._jwks = read_jwks(reply)
