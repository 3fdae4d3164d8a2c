"""What turns fresh tokens into a finished sign-in, however they were got."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace

from pywry_auth.errors import AuthenticationError, StoreError, TransportError
from pywry_auth.flow.values import AuthFlowResult
from pywry_auth.protocol.bound import is_bound
from pywry_auth.protocol.userinfo import require_same_subject, subject_of
from pywry_auth.providers.base import USERINFO_TIMEOUT, OAuthProvider
from pywry_auth.providers.proving import speaking_with, spoken_key
from pywry_auth.runtime import uninterrupted
from pywry_auth.tokens import OAuthTokenSet


logger = logging.getLogger(__name__)

Keep = Callable[[OAuthTokenSet], Coroutine[object, object, None]]


async def complete(
    provider: OAuthProvider, tokens: OAuthTokenSet, *, keep: Keep, flow_id: str
) -> AuthFlowResult:
    """
    Ask who signed in, keep *tokens* under that name, and say what did happen.

    Args:
        provider: gave the tokens, and checked them.
        tokens: not kept anywhere yet.
        keep: stores them.
        flow_id: names the attempt in logs.

    Raises:
        TokenError: userinfo speaks of somebody else (OIDC Core 5.3.2); nothing is kept.
    """
    user_info = await _user_info(provider, tokens, flow_id)
    origin = tokens.origin or provider.origin()
    tokens = replace(tokens, origin=replace(origin, subject=subject_of(origin.subject, user_info)))
    await uninterrupted(keep(tokens))
    return AuthFlowResult(success=True, tokens=tokens, user_info=user_info)


async def _user_info(
    provider: OAuthProvider, tokens: OAuthTokenSet, flow_id: str
) -> dict[str, object]:
    import httpx

    subject = tokens.origin.subject if tokens.origin else ""
    try:
        async with asyncio.timeout(USERINFO_TIMEOUT):
            # A provider that was offered a proof may have given tokens that take none.
            with speaking_with(spoken_key() if is_bound(tokens) else None):
                found = await provider.get_userinfo(tokens.access_token)
    except (TransportError, TimeoutError, httpx.HTTPError) as exc:
        # Somebody is signed in; a profile that is missing today is no reason to undo that.
        facts = {"provider": provider.name, "flow_id": flow_id, "reason": type(exc).__name__}
        logger.warning("flow.userinfo_failed", extra=facts)
        return {}
    if found and subject:
        require_same_subject(found, subject)
    return found


async def require_store(
    check: Callable[[], Awaitable[None]], provider: OAuthProvider, *, flow_id: str
) -> None:
    """
    Make sure that tokens could be kept, before a person is bothered.

    Raises:
        AuthenticationError: the store says no to *check*.
    """
    try:
        await check()
    except StoreError as exc:
        raise AuthenticationError(
            f"a sign-in could not be kept: {exc}",
            provider.name,
            flow_id,
            hint=exc.hint,
            operation="store",
        ) from exc
