"""The sign-ins that no person has pressed a button for."""

import logging
from collections.abc import Callable, Generator
from contextlib import contextmanager

from pywry_auth.clock import SYSTEM_CLOCK
from pywry_auth.errors import AuthError, AuthFlowCancelled, ConfigError
from pywry_auth.flow.keeping import Keeping
from pywry_auth.flow.prompt_limit import PromptLimit
from pywry_auth.flow.running import Running
from pywry_auth.flow.values import AuthFlowResult, NoPrompt, NotSilent
from pywry_auth.providers.base import OAuthProvider
from pywry_auth.runtime import LOOP
from pywry_auth.tokens import OAuthTokenSet
from pywry_auth.window.screen_lock import screen_is_locked


logger = logging.getLogger(__name__)


class Unasked:
    """
    Signs in silently where that works, else asks a person where that is bearable.

    Args:
        provider: where to sign in.
        keeping: knows who was signed in last, and keeps the tokens.
        running: where a sign-in stands.
        silently: signs in without showing anything, or says why not; given the seconds it has.
        ask: asks a person.
        patience: seconds to wait for another program that is asking already.
    """

    def __init__(
        self,
        provider: OAuthProvider,
        *,
        keeping: Keeping,
        running: Running,
        silently: Callable[[float], AuthFlowResult | NotSilent],
        ask: Callable[[], AuthFlowResult],
        patience: float,
    ) -> None:
        #: why the last ``silently`` gave None
        self.why_not_silent: NotSilent | None = None
        #: why the last ``when_needed`` gave None
        self.why_no_prompt: NoPrompt | None = None
        self._provider = provider
        self._keeping = keeping
        self._running = running
        self._silently = silently
        self._ask = ask
        self._patience = patience

    @contextmanager
    def pressed(self) -> Generator[None]:
        """Let programs that would ask by themselves wait while a person signs in."""
        limit = self._limit()
        if limit is None:
            yield
            return
        with limit.pressed():
            yield

    def _limit(self) -> PromptLimit | None:
        account = self._keeping.account
        return None if account is None else PromptLimit(self._provider.origin(), account)

    def silently(self, within: float) -> AuthFlowResult | None:
        """Sign in without showing anything, if that can be done; see ``run_silent``."""
        LOOP.refuse_here()
        claim = object()
        try:
            self._running.begin(claim)
            result = self._silently(within)
            if isinstance(result, AuthFlowResult):
                self._running.end(claim, None, window="hidden")
            else:
                self._running.withdraw()
        except BaseException as exc:
            self._running.end(claim, exc, window="hidden")
            raise
        if isinstance(result, AuthFlowResult):
            self.why_not_silent = None
            return result
        self.why_not_silent = result
        logger.info("flow.not_silent", extra=self._facts(str(result)))
        return None

    def when_needed(self, within: float) -> AuthFlowResult | None:
        """Sign in, or wait for who is at it; see ``run_when_needed``."""
        LOOP.refuse_here()
        limit = self._limit()
        if limit is None:
            raise ConfigError(
                "a sign-in when needed needs a session_manager, which knows the account",
                hint="give AuthFlowManager the session, or use run_native",
            )
        before = self._keeping.now
        claim = object()
        try:
            self._running.begin(claim)
            result = self._after_others(limit, before, within)
        except BaseException as exc:
            self._running.end(claim, exc, window="none")
            raise
        if isinstance(result, AuthFlowResult):
            self.why_no_prompt = None
            return result
        self.why_no_prompt = result
        logger.info("flow.no_prompt", extra=self._facts(str(result)))
        return None

    def _after_others(
        self, limit: PromptLimit, before: OAuthTokenSet | None, within: float
    ) -> AuthFlowResult | NoPrompt:
        with limit.turn(self._patience, lambda: self._running.is_cancelled) as came:
            if self._running.withdraw():
                raise AuthFlowCancelled("the sign-in was cancelled", self._provider.name)
            return self._in_turn(limit, before, within) if came else NoPrompt.BUSY

    def _in_turn(
        self, limit: PromptLimit, before: OAuthTokenSet | None, within: float
    ) -> AuthFlowResult | NoPrompt:
        found = LOOP.run(self._keeping.taken_up())
        if found is not None and _is_news(found, before):
            return AuthFlowResult(success=True, tokens=found)
        if not limit.may_ask():
            return NoPrompt.PAUSED
        result = self.silently(within)
        if result is not None:
            return result
        if screen_is_locked():
            return NoPrompt.SCREEN_LOCKED
        try:
            return self._ask()
        except ConfigError:
            raise
        except AuthError:
            limit.failed()
            raise

    def _facts(self, why: str) -> dict[str, object]:
        return {"provider": self._provider.name, "why": why}


def _is_news(found: OAuthTokenSet, before: OAuthTokenSet | None) -> bool:
    # What was held already is no news, unless it lives on: then nobody had to be asked.
    lives_on = found.refresh_token is not None
    return found.usable_at(SYSTEM_CLOCK.now()) and (lives_on or found != before)
