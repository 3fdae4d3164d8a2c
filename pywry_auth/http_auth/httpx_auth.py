"""The ``auth=`` object for httpx, for its sync client as well as its async one."""

from collections.abc import AsyncGenerator, Callable, Generator, Iterable
from typing import NoReturn

import httpx

from pywry_auth.clock import SYSTEM_CLOCK, Clock
from pywry_auth.http_auth.exchange import ResourceAccess
from pywry_auth.http_auth.httpx_flow import async_flow, sync_flow
from pywry_auth.http_auth.sealed_headers import require_sealing
from pywry_auth.http_auth.session import TokenSession
from pywry_auth.protocol.refusal import StepUpChallenge
from pywry_auth.runtime import LOOP


class HttpxAuth(httpx.Auth):
    """
    Puts a session's token on the requests of an httpx client, and renews it when it is refused.

        auth = HttpxAuth(session, allowed_origins=["https://api.example.com"])
        with httpx.Client(auth=auth) as client:
            profile = client.get("https://api.example.com/me").raise_for_status().json()

    The token goes to the allowed origins only, and never to another one that they redirect to. A
    header ``Authorization`` that the caller set itself is left alone. After 401 the token is
    renewed once, by however many requests at once, and the request repeated once, whatever its
    method: 401 says that nothing was done (RFC 9110 section 15.5.2). A body that cannot be read
    again, like a generator, is not repeated; then the answer is the 401, and the next request has
    the new token. A second 401 is the caller's answer as well: see ``raise_for_status``.

    ``httpx.AsyncClient`` is served on asyncio, whichever loop it runs on.

    Args:
        session: who holds the tokens; a ``SessionManager`` or a ``TokenManager``.
        allowed_origins: where they may go, like ``"https://api.example.com:8443"``; exactly these.
        on_step_up: called off the loop, once for all requests of that moment, when a resource
            wants the person to sign in again or more strongly (RFC 9470); may block. It signs in,
            for example with ``AuthFlowManager``, or returns without having done so.
        clock: tells the time.

    Raises:
        ConfigError: no origin is allowed, what is written is none, or *session* is none.
    """

    def __init__(
        self,
        session: TokenSession,
        *,
        allowed_origins: Iterable[str],
        on_step_up: Callable[[StepUpChallenge], object] | None = None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        require_sealing()
        self._access = ResourceAccess(
            session, origins=allowed_origins, on_step_up=on_step_up, clock=clock
        )

    def __repr__(self) -> str:
        return f"HttpxAuth({self._access!r})"

    def __call__(self, *_: object) -> NoReturn:
        """Refuse, as requests calls its ``auth`` objects."""
        raise TypeError("for requests use RequestsAuth(session, allowed_origins=[...])")

    def sync_auth_flow(
        self, request: httpx.Request
    ) -> Generator[httpx.Request, httpx.Response, None]:
        """
        Send *request* as often as need be; called by ``httpx.Client``.

        Raises:
            TokenError: there is no token to be had; see ``SessionManager.get_access_token``.
            StoreError: the store cannot be read.
            AuthenticationError: the caller is on the package's own loop, which would wait for
                itself.
        """
        return sync_flow(request, self._access, LOOP.run)

    def async_auth_flow(
        self, request: httpx.Request
    ) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """
        Send *request* as often as need be; called by ``httpx.AsyncClient``.

        Raises:
            TokenError: there is no token to be had; see ``SessionManager.get_access_token``.
            StoreError: the store cannot be read.
        """
        return async_flow(request, self._access)
