"""A sign-in nobody sees, while the provider still knows the person (OIDC Core 3.1.2.1)."""

import asyncio
from collections.abc import Callable

from pywry_auth.errors import (
    AuthError,
    AuthFlowCancelled,
    AuthFlowTimeout,
    CallbackError,
    ConfigError,
    StepUpError,
    TokenError,
    TransportError,
    WindowError,
)
from pywry_auth.flow.attempt import SignIn
from pywry_auth.flow.keeping import Keeping
from pywry_auth.flow.running import Running
from pywry_auth.flow.values import AuthFlowResult, CallbackOptions, NotSilent, SignInOptions, Voice
from pywry_auth.protocol.authorization import CallbackParams
from pywry_auth.protocol.step_up import claims_of
from pywry_auth.providers.base import OAuthProvider
from pywry_auth.runtime import LOOP
from pywry_auth.tokens import OAuthTokenSet
from pywry_auth.window.base import SignInWindow


#: error words that mean what they say (OIDC Core 3.1.2.6)
_WORDS = frozenset({NotSilent.LOGIN, NotSilent.CONSENT, NotSilent.INTERACTION, NotSilent.ACCOUNT})


def sign_in_silently(
    provider: OAuthProvider,
    window: SignInWindow,
    *,
    keeping: Keeping,
    running: Running,
    callback: CallbackOptions,
    pkce: bool,
    on_notice: Callable[[str], None],
    within: float,
) -> AuthFlowResult | NotSilent:
    """
    Sign in whoever was signed in last, or say why that cannot be done without asking them.

    Args:
        provider: where to sign in.
        window: one that nobody sees.
        keeping: knows who was signed in last, and keeps the tokens.
        running: does the work, and may be told to cancel it.
        callback: where the redirect arrives.
        pkce: whether the code is bound to this attempt.
        on_notice: told what the person should know.
        within: seconds until the provider must have answered.

    Raises:
        AuthFlowCancelled: somebody cancelled it.
        ConfigError: a setting is wrong.
        StoreError: who was signed in last cannot be read.
    """
    last = LOOP.run(keeping.last())
    options = None if last is None else silent_options(last)
    if options is None:
        return NotSilent.NOBODY
    sign_in = SilentSignIn(
        provider,
        window,
        callback=callback,
        options=options,
        pkce=pkce,
        auth_timeout=within,
        keeping=keeping,
        on_notice=on_notice,
        voice=Voice(),  # nobody sees a page
    )
    try:
        return running.host(
            lambda: sign_in.run_within(within), window.host, flow_id=sign_in.flow_id
        )
    except (ConfigError, AuthFlowCancelled):
        raise
    except AuthError as exc:
        return why_not(exc)


def silent_options(last: OAuthTokenSet) -> SignInOptions | None:
    """
    Ask for the very person of *last*, without asking them; None where no ID token names them.

    The name is sent along too, because some providers tell sessions apart by nothing else.
    """
    if last.id_token is None:
        return None
    try:
        claims = claims_of(last.id_token)
    except TokenError:
        return None
    named = claims.get("preferred_username") or claims.get("email")
    return SignInOptions(
        prompt="none",
        id_token_hint=last.id_token,
        login_hint=named if isinstance(named, str) else None,
    )


class SilentSignIn(SignIn):
    """
    A sign-in that is over in *within* seconds, or has its answer by then.

    What the provider has answered is taken to its end: a code is bought once, or its tokens are
    nobody's.
    """

    async def run_within(self, within: float) -> AuthFlowResult:
        """
        Sign in.

        Raises:
            AuthFlowTimeout: no answer came in time.
            AuthenticationError: it did not succeed; see its subclasses for why.
        """
        try:
            async with asyncio.timeout(within) as self._limit:
                return await self.run()
        except TimeoutError:
            raise AuthFlowTimeout(
                timeout=within, provider=self._provider.name, flow_id=self.flow_id
            ) from None

    async def _wait(self, url: str) -> CallbackParams:
        params = await super()._wait(url)
        self._limit.reschedule(None)
        return params


def why_not(error: AuthError) -> NotSilent:
    """Sort what kept a silent sign-in from being one."""
    match error:
        case AuthFlowTimeout():
            return NotSilent.LATE
        case StepUpError():
            return NotSilent.SOMEBODY_ELSE
        case WindowError():
            return NotSilent.LATE if error.detail == "late" else NotSilent.WINDOW
        case TransportError():
            return NotSilent.NETWORK
        case CallbackError() if error.error in _WORDS:
            return NotSilent(error.error)
        case _:
            return NotSilent.REFUSED
