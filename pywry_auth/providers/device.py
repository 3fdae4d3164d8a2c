"""Providers at which a person can sign in on another device (RFC 8628)."""

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import replace

from pywry_auth import protocol
from pywry_auth.errors import ConfigError, TokenError, TokenTransportError, TransportError
from pywry_auth.protocol.wire import WireReply, WireRequest
from pywry_auth.providers.base import TOKEN_TIMEOUT, OAuthProvider
from pywry_auth.tokens import OAuthTokenSet


#: parameters of the authorize URL that mean the same to the device authorization endpoint
CARRIED = frozenset(
    {
        "acr_values",
        "audience",
        "claims",
        "login_hint",
        "max_age",
        "prompt",
        "resource",
        "ui_locales",
    }
)


class DeviceEndpoint(OAuthProvider):
    """Gives out codes that a person confirms elsewhere, and then the tokens."""

    #: the device authorization endpoint; "" where there is none, or it is not found out yet
    device_url: str = ""
    #: which of ``authorize_params`` are sent there too
    carried_params: frozenset[str] = CARRIED

    async def begin_device(self) -> "protocol.DeviceAuthorization":
        """
        Ask for a code (RFC 8628 section 3.1).

        Raises:
            ConfigError: the provider has no such endpoint.
            DiscoveryError: the endpoints cannot be found out.
            TokenTransportError: nobody answered.
            TokenError: the provider refused, or its answer cannot be shown to anybody.
        """
        from pywry_auth.protocol.device import device_request, read_device_reply

        await self.prepare()
        if not self.device_url or not self.token_url:
            raise no_device_grant(self)
        if self._prover.is_missing:
            raise TokenError("there is no key to prove with, though a proof is required", self.name)
        params = self.authorize_params.items()
        request = device_request(
            self.device_url,
            proof=self._proof(),
            scope=" ".join(self.scopes),
            further={name: value for name, value in params if name in self.carried_params},
            resources=self.resources,
        )
        try:
            reply = await self._send(request, within=TOKEN_TIMEOUT)
        except TransportError as exc:
            raise TokenTransportError(str(exc), self.name) from None
        return read_device_reply(reply, device_url=self.device_url, now=self._clock.now())

    async def ask_device(self, device_code: str) -> WireReply:
        """
        Ask whether the person has confirmed (RFC 8628 section 3.4).

        Raises:
            TransportError: nobody answered.
        """
        from pywry_auth.protocol.device import device_token_request

        return await self._ask_token_endpoint(
            lambda: device_token_request(
                self.token_url,
                proof=self._proof(),
                device_code=device_code,
                resources=self.resources,
            )
        )

    def step_after(
        self, polling: "protocol.Polling", reply: WireReply, *, at: float
    ) -> "protocol.DeviceStep":
        """Say what follows from *reply* to ``ask_device``, which arrived at the instant *at*."""
        from pywry_auth.protocol.device_polling import after_reply

        return after_reply(
            polling,
            reply,
            at=at,
            now=self._clock.now(),
            requested_scope=" ".join(self.scopes),
            token_types=self._prover.token_types,
        )

    async def accept_device(self, tokens: OAuthTokenSet) -> OAuthTokenSet:
        """
        Check what arrived with *tokens*, and say whose they are; no nonce was ever sent.

        Raises:
            TokenTransportError: the keys to check it with cannot be had.
            TokenError: it must not be believed.
        """
        tokens = self._prover.require_bound(tokens, self.name)
        return replace(tokens, origin=self.origin())

    @abstractmethod
    async def _ask_token_endpoint(self, make: Callable[[], WireRequest]) -> WireReply: ...


def no_device_grant(provider: OAuthProvider) -> ConfigError:
    """Say that nobody can sign in at *provider* with a code."""
    return ConfigError(
        f"{provider.name} has no device authorization endpoint",
        provider=provider.name,
        hint="sign in with a browser, or paste the address of its last page",
    )
