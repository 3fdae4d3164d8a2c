"""Asking a provider what a token is worth."""

from abc import ABC, abstractmethod

from pywry_auth import protocol
from pywry_auth.errors import TokenError, TokenTransportError, TransportError
from pywry_auth.providers.connection import ProviderConnection


INTROSPECTION_TIMEOUT = 10.0  # seconds; a resource is waiting to be served


class Introspecting(ProviderConnection, ABC):
    """The part of every provider that is asked about tokens (RFC 7662)."""

    #: names the provider in errors, logs and lists
    name: str = "oauth"
    #: where the provider says what a token is worth, or ""
    introspection_url: str = ""

    @abstractmethod
    async def prepare(self) -> None:
        """Make sure that the endpoints are known."""

    @abstractmethod
    def _proof(self) -> "protocol.ClientProof": ...

    async def introspect_token(
        self, token: str, *, token_type_hint: str | None = None
    ) -> "protocol.Introspection":
        """
        Ask what *token* is worth; that it is not active is an answer, and no error.

        Args:
            token: an access or a refresh token.
            token_type_hint: ``access_token`` or ``refresh_token``, where it is known.

        Raises:
            TokenTransportError: nobody answered.
            TokenError: the provider will not say, has no such endpoint, or says nothing.
            DiscoveryError: the endpoint cannot be found out.
        """
        from pywry_auth.protocol.introspection import introspection_request, read_introspection

        await self.prepare()
        if not self.introspection_url:
            raise TokenError("the provider has no introspection endpoint", self.name)
        request = introspection_request(
            self.introspection_url,
            proof=self._proof(),
            token=token,
            token_type_hint=token_type_hint,
        )
        try:
            return read_introspection(await self._send(request, within=INTROSPECTION_TIMEOUT))
        except TransportError as exc:
            raise TokenTransportError(str(exc), self.name) from None
