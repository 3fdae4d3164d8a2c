"""Providers that take the authorization request before a person sees it (RFC 9126)."""

import logging

from pywry_auth import protocol
from pywry_auth.errors import DiscoveryError, DiscoveryTransportError, TransportError
from pywry_auth.providers.base import OAuthProvider
from pywry_auth.providers.feature_use import FeatureUse


logger = logging.getLogger(__name__)

PAR_TIMEOUT = 10.0  # seconds; a person is waiting for the window


class PushedRequests(OAuthProvider):
    """Hands requests over where the provider takes them, so that a browser only carries a name."""

    #: the pushed authorization request endpoint; "" where there is none, or it is not found yet
    par_url: str = ""
    #: whether requests are handed over
    par: FeatureUse = FeatureUse.WHEN_ANNOUNCED
    #: whether the provider takes no others
    requires_par: bool = False

    async def authorization_url(self, attempt: "protocol.AuthorizationRequest") -> str:
        """
        Make the authorize URL of *attempt*; each call hands the request over anew.

        Raises:
            DiscoveryTransportError: nobody took the request this time.
            DiscoveryError: it must be handed over, and cannot.
            CallbackError: the provider refused it.
            TokenError: the provider does not believe which client this is.
        """
        whole = await super().authorization_url(attempt)
        return await self._pushed(whole) if self._pushes() else whole

    def _pushes(self) -> bool:
        if self.par is FeatureUse.OFF:
            if self.requires_par:
                raise DiscoveryError(
                    "the provider only takes requests that are handed over, and par is off",
                    self.name,
                )
            return False
        if not self.par_url and self._must_push:
            raise DiscoveryError(
                "the request must be handed over, but the provider does not say where",
                self.name,
                hint="set par_url",
            )
        return bool(self.par_url)

    @property
    def _must_push(self) -> bool:
        return self.requires_par or self.par is FeatureUse.REQUIRED

    async def _pushed(self, whole: str) -> str:
        from pywry_auth.protocol.par import ABSENT, push_request, pushed_url, read_pushed

        try:
            reply = await self._ask(
                lambda: push_request(self.par_url, whole, proof=self._proof()), within=PAR_TIMEOUT
            )
        except TransportError as exc:
            # Like metadata that cannot be had: nothing was wrong, and nothing has been begun.
            raise DiscoveryTransportError(str(exc), self.name) from None
        if reply.status in ABSENT and not self._must_push:
            # Announced by mistake. Any other failure is an error: who can break one request on its
            # way must not be able to have all of them sent in the open.
            logger.warning("par.absent", extra={"provider": self.name, "status": reply.status})
            return whole
        pushed = read_pushed(reply)
        return pushed_url(
            self.authorize_url, client_id=self.client_id, request_uri=pushed.request_uri
        )
