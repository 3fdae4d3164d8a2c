"""Where callers get tokens with some life left."""

from collections.abc import Coroutine
from contextlib import suppress

from pywry_auth.errors import StoreError, TokenError, TokenExpiredError, TokenRefreshError
from pywry_auth.protocol.renewal import Step, Transient, is_asked_to_wait, too_soon
from pywry_auth.session.keeper import ELSEWHERE, TokenKeeper
from pywry_auth.session.renewals import Renewals
from pywry_auth.tokens import OAuthTokenSet


PATIENCE = 5.0  # seconds for a better token, while the one at hand still has some life in it


class TokenDispenser:
    """
    Hands out what one session holds, and has it renewed; belongs to the package's loop.

    Args:
        keeper: who holds the tokens.
        renewals: who renews them.
        provider_name: named in errors.
    """

    __slots__ = ("_keeper", "_provider_name", "_renewals", "_working")

    def __init__(self, keeper: TokenKeeper, renewals: Renewals, *, provider_name: str) -> None:
        self._keeper = keeper
        self._renewals = renewals
        self._provider_name = provider_name
        self._working = None

    async def usable(self) -> OAuthTokenSet:
        """
        Give tokens that can be used now, as the table of renewals says.

        Raises:
            TokenError: there are none; see its subclasses for why.
            StoreError: the store cannot be read, and nothing is held.
        """
        self._require_wanted()
        tokens = await self._looked_up()
        match self._keeper.step():
            case Step.USE:
                return self._held()
            case Step.USE_AND_RENEW:
                self._keeper.answer_meanwhile()
                if not self._renewals.is_under_way:
                    self.begin(self.renew_quietly())
                return self._held()
            case Step.WAIT if not self._renewals.is_under_way:
                raise self._not_yet()
            case Step.RENEW | Step.WAIT | Step.ASK:
                return await self._renewed_soon(tokens or self._held())

    async def renewed(self) -> OAuthTokenSet:
        """
        Give new tokens, however much life is left in those that are held.

        Raises:
            TokenError: there are none; see its subclasses for why.
        """
        self._require_wanted()
        if not self._renewals.is_under_way:
            tokens = self._keeper.tokens or await self._keeper.load()
            if self._keeper.lost is not None:
                raise self._keeper.lost
            if tokens is None or tokens.refresh_token is None:
                raise TokenExpiredError(
                    "nothing is held that could be renewed; sign in again", self._provider_name
                )
            if self._is_asked_to_wait():
                raise self._not_yet()
        return await self._renewals.join()

    async def other_than(self, access_token: str) -> OAuthTokenSet:
        """
        Give other tokens than those a resource server has rejected.

        Raises:
            TokenError: there are none; see its subclasses for why.
        """
        self._require_wanted()
        tokens = self._keeper.tokens or await self._keeper.load()
        if tokens is not None and tokens.access_token != access_token:
            return tokens
        return await self.renewed()

    async def renew_quietly(self) -> None:
        """Renew; what goes wrong was told by events already, and the alarm is set again."""
        with suppress(TokenError, StoreError):
            await self.renewed()

    def begin(self, work: Coroutine[object, object, None]) -> None:
        """Let *work* go on behind."""
        import asyncio

        self._working = asyncio.create_task(work)  # loops hold tasks only weakly

    def _require_wanted(self) -> None:
        if not self._keeper.record.is_wanted:
            self._keeper.drop(ELSEWHERE)
            raise self._nobody()

    async def _looked_up(self) -> OAuthTokenSet | None:
        tokens = self._keeper.tokens
        if tokens is None or (tokens.refresh_token is None and not self._renewals.is_under_way):
            # Nothing here can be renewed; perhaps another process has signed in meanwhile.
            return await self._keeper.load() or tokens
        return tokens

    async def _renewed_soon(self, tokens: OAuthTokenSet) -> OAuthTokenSet:
        import asyncio

        usable = self._keeper.is_usable(tokens)
        try:
            async with asyncio.timeout(PATIENCE if usable else None):
                return await self.renewed()
        except TimeoutError:
            return tokens
        except (TokenRefreshError, TokenExpiredError):
            if self._keeper.tokens is not None and self._keeper.is_usable(tokens):
                return tokens
            raise

    def _held(self) -> OAuthTokenSet:
        tokens = self._keeper.tokens
        if tokens is None:
            raise self._nobody()
        return tokens

    def _is_asked_to_wait(self) -> bool:
        last = self._keeper.last  # only what the provider itself asked for stops everybody
        return (
            isinstance(last, Transient)
            and last.error.retry_after is not None
            and is_asked_to_wait(last, now=self._keeper.clock.now())
        )

    def _not_yet(self) -> TokenError:
        last = self._keeper.last
        if not isinstance(last, Transient):
            return self._nobody()
        return too_soon(last, now=self._keeper.clock.now())

    def _nobody(self) -> TokenExpiredError:
        return self._keeper.lost or TokenExpiredError("nobody is signed in", self._provider_name)
