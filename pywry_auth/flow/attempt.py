"""One sign-in under way, on the package's loop."""

import asyncio
import logging
import secrets
from collections.abc import Callable
from dataclasses import replace

from pywry_auth.callback_server.listener import CallbackListener
from pywry_auth.callback_server.outcome import Outcome
from pywry_auth.coach.advise import advise
from pywry_auth.errors import (
    AuthenticationError,
    AuthError,
    AuthFlowCancelled,
    AuthFlowTimeout,
    DiscoveryError,
    TokenTransportError,
    WindowError,
)
from pywry_auth.flow.asking import Asking
from pywry_auth.flow.completing import complete, require_store
from pywry_auth.flow.farewell import Farewell
from pywry_auth.flow.from_window import offer_pasted, private_address
from pywry_auth.flow.keeping import Keeping
from pywry_auth.flow.values import AuthFlowResult, CallbackOptions, SignInOptions, Voice
from pywry_auth.pkce import PKCEChallenge
from pywry_auth.protocol.authorization import AuthorizationRequest, CallbackParams
from pywry_auth.protocol.clock_offset import is_notable, sentence
from pywry_auth.protocol.dpop import DPoPKey
from pywry_auth.protocol.skipped import NO_PKCE
from pywry_auth.protocol.wire import require_safe_url
from pywry_auth.providers.base import TOKEN_TIMEOUT, OAuthProvider
from pywry_auth.providers.proving import speaking_with
from pywry_auth.runtime import LOOP
from pywry_auth.tokens import OAuthTokenSet
from pywry_auth.window.base import SignInWindow


logger = logging.getLogger(__name__)

#: characters; servers take about 8000, and a pipe to the window's process 65536 at once
MAX_ADDRESS = 32 * 1024


class SignIn:
    """
    Takes one person through one sign-in, and listens to the window meanwhile.

    Args:
        provider: where to sign in.
        window: where the person sees the provider.
        callback: where the redirect arrives.
        options: what this sign-in asks for besides.
        pkce: whether the code is bound to this attempt; False only for confidential clients.
        auth_timeout: seconds to wait for the redirect.
        keeping: keeps the tokens, and is asked whether it could before a person is bothered.
        on_notice: told what the person should know.
        voice: how pages of ours speak.
    """

    def __init__(  # noqa: PLR0913  # each is a part of its own, nearly all by keyword
        self,
        provider: OAuthProvider,
        window: SignInWindow,
        *,
        callback: CallbackOptions,
        options: SignInOptions,
        pkce: bool,
        auth_timeout: float,
        keeping: Keeping,
        on_notice: Callable[[str], None],
        voice: Voice,
    ) -> None:
        self.flow_id = secrets.token_hex(4)  # names the attempt in logs; says nothing about it
        #: what the browser is owed afterwards
        self.farewell = Farewell()
        self._provider = provider
        self._window = window
        self._response_mode = callback.response_mode
        self._options = options
        self._pkce = pkce
        self._auth_timeout = auth_timeout
        self._keeping = keeping
        self._on_notice = on_notice
        self._attempt: AuthorizationRequest | None = None
        self._page_says = ""
        self._key: DPoPKey | None = None
        self._answer: asyncio.Future[CallbackParams] | None = None
        self._voice = voice
        self._listener = CallbackListener(
            host=callback.host,
            ports=callback.ports,
            path=callback.path,
            accepts=self._is_ours,
            app_name=voice.app_name,
            texts=voice.texts,
        )

    async def run(self) -> AuthFlowResult:
        """
        Sign in.

        Raises:
            AuthenticationError: it did not succeed; see its subclasses for why.
        """
        self._answer = asyncio.get_running_loop().create_future()
        logger.info("flow.began", extra=self._facts())
        outcome = Outcome.failure()
        try:
            result = await self._through()
            outcome = Outcome.success()
        except AuthError as exc:
            advice = advise(exc, texts=self._voice.language, issuer=self._provider.origin().issuer)
            outcome = Outcome.failure(advice.sentence)
            raise
        else:
            return result
        finally:
            self._window.close()
            self._listener.settle(outcome)
            self.farewell.bid(self._listener, seen_in=self._window.kind)

    async def _through(self) -> AuthFlowResult:
        await require_store(self._keeping.check, self._provider, flow_id=self.flow_id)
        asking = await Asking.begin(self._provider, self._options, self._keeping)
        await self._provider.prepare()
        self._key = await self._keeping.key_for(self._provider)
        with speaking_with(self._key):
            return await self._asked(asking)

    async def _asked(self, asking: Asking) -> AuthFlowResult:
        redirect_uri = await self._listener.start()
        attempt = self._attempt = self._new_attempt(redirect_uri, asking)
        url = await self._provider.authorization_url(attempt)
        _require_address(url)
        receiver = asyncio.create_task(self._receive())
        try:
            params = await self._wait(url)
        finally:
            receiver.cancel()
        code = attempt.code_from(params)
        tokens = asking.judged(await self._exchange(code, attempt))
        self._mention_clock()
        keep = asking.guarding(self._keeping.keep)
        result = await complete(self._provider, tokens, keep=keep, flow_id=self.flow_id)
        return replace(result, scopes=asking.difference(tokens))

    def _new_attempt(self, redirect_uri: str, asking: Asking) -> AuthorizationRequest:
        return AuthorizationRequest.begin(
            redirect_uri,
            openid=asking.openid,
            pkce=PKCEChallenge.generate() if self._pkce else NO_PKCE,
            issuer=self._provider.issuer,
            iss_announced=self._provider.announces_iss,
            response_mode=self._response_mode,
            further=asking.further,
        )

    def _is_ours(self, params: CallbackParams) -> bool:
        return self._attempt is not None and self._attempt.is_answered_by(params)

    async def _receive(self) -> None:
        params = await self._listener.received()
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(params)

    async def _wait(self, url: str) -> CallbackParams:
        assert self._answer is not None  # noqa: S101 (made by run)
        self._window.show(url, self)
        try:
            async with asyncio.timeout(self._auth_timeout):
                return await self._answer
        except TimeoutError:
            raise AuthFlowTimeout(
                timeout=self._auth_timeout, provider=self._provider.name, flow_id=self.flow_id
            ) from None

    async def _exchange(self, code: str, attempt: AuthorizationRequest) -> OAuthTokenSet:
        try:
            async with asyncio.timeout(TOKEN_TIMEOUT):
                return await self._provider.exchange_code(
                    code, attempt.redirect_uri, attempt.code_verifier, attempt.sent_nonce
                )
        except TimeoutError:
            raise TokenTransportError(
                f"the token endpoint did not answer within {TOKEN_TIMEOUT:g} seconds",
                self._provider.name,
            ) from None

    def _mention_clock(self) -> None:
        offset = self._provider.clock_offset
        if offset is not None and is_notable(offset):
            self.told(f"{sentence(offset)}; set it right, or other programs may fail")

    def closed(self, reason: WindowError | None = None) -> None:
        """End the wait, because nobody sees the page any more; called from any thread."""
        error = reason or self._left()
        LOOP.call_soon(lambda: self._end(error))

    def troubled(self, code: str) -> None:
        """Note what the provider's page says, after which no redirect comes; from any thread."""
        self._page_says = code

    def _left(self) -> AuthError:
        if not self._page_says:
            return AuthFlowCancelled(
                "the sign-in window was closed", self._provider.name, self.flow_id
            )
        return AuthenticationError(
            "the provider's page led nowhere, and was closed",
            self._provider.name,
            self.flow_id,
            hint=f"the page said: {self._page_says}",
            page=self._page_says,
        )

    def pasted(self, text: str) -> bool:
        """Judge a redirect that a person pasted; called from any thread but the loop's."""
        return offer_pasted(self._listener, text)

    def fresh_url(self) -> str | None:
        """Ask the provider once more to be asked; called from any thread but the loop's."""
        return LOOP.run(self._ask_afresh())

    def private_url(self, url: str) -> str:
        """Let our own listener lead the browser to *url*; called from any thread but the loop's."""
        return private_address(self._listener, url)

    async def _ask_afresh(self) -> str | None:
        # State, nonce, verifier, redirect URI stay: whichever page answers first, ends one attempt.
        if self._attempt is None or not self._is_waiting():
            return None
        try:
            with speaking_with(self._key):
                url = await self._provider.authorization_url(self._attempt)
            _require_address(url)
        except AuthError as exc:
            self._end(exc)
            return None
        return url if self._is_waiting() else None

    def _is_waiting(self) -> bool:
        return self._answer is not None and not self._answer.done()

    def told(self, notice: str) -> None:
        """Pass on what the person should know; called from any thread."""
        self._on_notice(notice)

    def _end(self, error: AuthError) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)

    def _facts(self, **more: object) -> dict[str, object]:
        return {"provider": self._provider.name, "flow_id": self.flow_id, **more}


def wants_pkce(provider: OAuthProvider, use_pkce: bool) -> bool:  # noqa: FBT001  # as it was given
    """Say whether the code is bound to its attempt; a client without a secret has nothing else."""
    if use_pkce:
        return True
    if provider.is_public:
        logger.warning("flow.pkce_kept", extra={"provider": provider.name})
        return True
    logger.warning("flow.without_pkce", extra={"provider": provider.name})
    return False


def _require_address(url: str) -> None:
    if len(url) > MAX_ADDRESS:
        raise DiscoveryError("the authorization endpoint is too long an address")
    try:
        require_safe_url(url.partition("#")[0], "the authorization endpoint")
    except AuthError as exc:
        raise DiscoveryError(str(exc)) from None
