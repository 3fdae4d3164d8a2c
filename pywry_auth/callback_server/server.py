"""The callback server for callers that block."""

from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

from pywry_auth.callback_server.outcome import Outcome
from pywry_auth.errors import AuthFlowCancelled, CallbackError
from pywry_auth.protocol.authorization import CallbackParams
from pywry_auth.ui.texts import later


GRACE = 1.0  # seconds for a browser to fetch the last page, which it does at once if it does at all


class OAuthCallbackServer:
    """
    Listens on this machine for the redirect that ends a sign-in.

    Args:
        host: 127.0.0.1, ::1, or localhost (both families on one port).
        port: 0 is any free one.
        ports: further ones, tried in order.
        accepts: says whether a redirect is ours; without it, any with a code or an error is.
        path: where the redirect arrives.
        app_name: what the pages call the application.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        ports: Sequence[int] = (),
        accepts: Callable[[CallbackParams], bool] | None = None,
        path: str = "/callback",
        app_name: str = "",
    ) -> None:
        # Here, because whoever imports the sign-in need not sign in.
        from pywry_auth.callback_server.listener import CallbackListener
        from pywry_auth.runtime import LOOP

        asked = (port, *ports) if port or not ports else tuple(ports)
        self._loop = LOOP
        self._listener = CallbackListener(
            host=host, ports=asked, path=path, accepts=accepts, app_name=app_name
        )

    def start(self) -> str:
        """
        Listen, and give the redirect URI.

        Raises:
            AuthenticationError: no port could be opened, or this was stopped before.
        """
        return self._loop.run(self._listener.start())

    @property
    def redirect_uri(self) -> str:
        """
        Where the provider sends the browser.

        Raises:
            AuthenticationError: not started yet.
        """
        return self._listener.redirect_uri

    def wait_for_callback(self, timeout: float = 120.0) -> dict[str, str] | None:
        """
        Wait for the redirect; None when *timeout* seconds passed, or ``stop`` was called.

        Before it returns, the browser gets up to ``GRACE`` seconds to fetch its last page: the
        provider's refusal, or that the answer arrived. What becomes of it is not known here.

        Returns:
            Those of ``code``, ``state``, ``iss``, ``error`` and ``error_description`` that came.

        Raises:
            CallbackError: the redirect is ours, but holds a parameter twice.
            AuthenticationError: called on the package's own loop, or before ``start``.
        """
        _ = self.redirect_uri
        params = self._loop.run(self._next(timeout))
        if params is None:
            return None
        if params.repeated:
            raise CallbackError(f"the redirect repeats {', '.join(sorted(params.repeated))}")
        found = {
            "code": params.code,
            "state": params.state,
            "iss": params.iss,
            "error": params.error,
            "error_description": params.error_description,
        }
        return {name: value for name, value in found.items() if value is not None}

    def stop(self) -> None:
        """Stop listening now, whatever is open; may be called twice, and from any thread."""
        if self._loop.is_here:
            self._listener.close()
        elif not self._listener.is_closed:
            self._loop.run(self._close())

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    async def _next(self, timeout: float) -> CallbackParams | None:  # noqa: ASYNC109 (documented)
        from asyncio import timeout as deadline

        try:
            async with deadline(timeout):
                params = await self._listener.received()
        except (TimeoutError, AuthFlowCancelled):
            return None
        self._listener.settle(_told(params))
        await self._listener.linger(GRACE)
        return params

    async def _close(self) -> None:
        self._listener.close()


def _told(params: CallbackParams) -> Outcome:
    if params.error is not None:
        return Outcome.failure(later("The provider did not sign you in."))
    if params.repeated or not params.code:
        return Outcome.failure(later("The provider's answer cannot be used."))
    return Outcome.received()
