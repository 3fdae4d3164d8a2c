"""One sign-in with a code under way, on the package's loop."""

import asyncio
import logging
import secrets
from collections.abc import Callable
from dataclasses import replace

from pywry_auth.clock import Clock
from pywry_auth.errors import (
    AuthFlowTimeout,
    TransportError,
)
from pywry_auth.flow.asking import Asking
from pywry_auth.flow.completing import complete, require_store
from pywry_auth.flow.keeping import Keeping
from pywry_auth.flow.values import AuthFlowResult, SignInOptions
from pywry_auth.protocol.device import DeviceAuthorization, DevicePrompt
from pywry_auth.protocol.device_end import device_error
from pywry_auth.protocol.device_polling import (
    AskAgain,
    Denied,
    Expired,
    Failed,
    Granted,
    Step,
    after_failure,
    first_step,
)
from pywry_auth.providers.device import DeviceEndpoint
from pywry_auth.providers.proving import speaking_with
from pywry_auth.tokens import OAuthTokenSet


logger = logging.getLogger(__name__)

SHORTEST_LIFE = 30.0  # seconds; nobody types a code that lives shorter, so no second one is asked


class DeviceSignIn:
    """
    Gets a code, has it shown, asks until the person has confirmed it.

    Args:
        provider: gives the code, and then the tokens.
        keeping: where the tokens go.
        show: told each code; must not block.
        auth_timeout: seconds to wait, with a new code whenever one ends; None is one code's life.
        clock: tells the time.
    """

    def __init__(
        self,
        provider: DeviceEndpoint,
        *,
        keeping: Keeping,
        show: Callable[[DevicePrompt], None],
        auth_timeout: float | None,
        clock: Clock,
    ) -> None:
        self.flow_id = secrets.token_hex(4)  # names the attempt in logs; says nothing about it
        self._provider = provider
        self._keeping = keeping
        self._show = show
        self._auth_timeout = auth_timeout
        self._clock = clock

    async def run(self) -> AuthFlowResult:
        """
        Sign in.

        Raises:
            ConfigError: the provider has no device authorization endpoint.
            AuthenticationError: it did not succeed; see its subclasses for why.
        """
        logger.info("flow.began", extra={"provider": self._provider.name, "flow_id": self.flow_id})
        await require_store(self._keeping.check, self._provider, flow_id=self.flow_id)
        await self._provider.prepare()
        with speaking_with(await self._keeping.key_for(self._provider)):
            return await self._signed_in()

    async def _signed_in(self) -> AuthFlowResult:
        asking = Asking(self._provider, SignInOptions())
        granted = await self._granted()
        tokens = asking.judged(await self._provider.accept_device(granted))
        result = await complete(
            self._provider, tokens, keep=self._keeping.keep, flow_id=self.flow_id
        )
        return replace(result, scopes=asking.difference(tokens))

    async def _granted(self) -> OAuthTokenSet:
        try:
            async with asyncio.timeout(self._auth_timeout):
                return await self._code_after_code()
        except TimeoutError:
            raise self._timeout(self._auth_timeout or 0.0) from None

    async def _code_after_code(self) -> OAuthTokenSet:
        tokens = None
        while tokens is None:
            tokens = await self._tokens_for(await self._provider.begin_device())
        return tokens

    async def _tokens_for(self, authorization: DeviceAuthorization) -> OAuthTokenSet | None:
        """Strictly private: wait for one code's end; None is the wish for another code."""
        step = first_step(authorization, at=self._clock.monotonic())
        self._show(authorization.prompt)
        life = authorization.expires_in
        match await self._last_step(step, authorization.device_code):
            case Granted(tokens):
                return tokens
            case Expired(unanswered=False) if self._auth_timeout is not None:
                if life < SHORTEST_LIFE:
                    raise self._timeout(life)
                return None
            case end:
                raise device_error(
                    end, life=life, provider=self._provider.name, flow_id=self.flow_id
                )

    async def _last_step(self, step: Step, device_code: str) -> Granted | Denied | Failed | Expired:
        while isinstance(step, AskAgain):
            await asyncio.sleep(max(0.0, step.at - self._clock.monotonic()))
            step = await self._next_step(step, device_code)
        return step

    async def _next_step(self, step: AskAgain, device_code: str) -> Step:
        try:
            reply = await self._provider.ask_device(device_code)
        except TransportError as exc:
            logger.debug("device.unanswered", extra={"reason": exc.code, "flow_id": self.flow_id})
            return after_failure(step.polling, at=self._clock.monotonic())
        return self._provider.step_after(step.polling, reply, at=self._clock.monotonic())

    def _timeout(self, seconds: float) -> AuthFlowTimeout:
        return AuthFlowTimeout(timeout=seconds, provider=self._provider.name, flow_id=self.flow_id)
