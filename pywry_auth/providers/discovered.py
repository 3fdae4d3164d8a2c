"""A provider that is found by its issuer."""

from collections.abc import Mapping, Sequence
from typing import Literal

from pywry_auth import protocol
from pywry_auth.clock import SYSTEM_CLOCK, Clock
from pywry_auth.errors import DiscoveryError, DiscoveryTransportError, TransportError
from pywry_auth.protocol.issuer import checked_issuer, oauth_url, openid_url, same_issuer
from pywry_auth.protocol.skipped import Skipped
from pywry_auth.protocol.wire import WireRequest
from pywry_auth.providers.standard import StandardProvider
from pywry_auth.runtime import SingleFlight


DISCOVERY_TIMEOUT = 10.0  # seconds; a person is waiting for the window


class DiscoveredProvider(StandardProvider):
    """
    Finds its endpoints in the metadata of its issuer; addresses given by hand beat what is found.

    Args:
        client_id: the client identifier.
        client_secret: "" for a public client.
        issuer_url: the issuer, exactly as the provider writes it; a final slash may differ.
        scopes: what is asked for.
        authorize_url: the authorization endpoint.
        token_url: the token endpoint.
        userinfo_url: the userinfo endpoint.
        revocation_url: the revocation endpoint.
        client_auth: how the client authenticates.
        authorize_params: further parameters of every authorize URL.
        clock: tells the time.
    """

    def __init__(  # noqa: PLR0913
        self,
        client_id: str,
        client_secret: str = "",
        issuer_url: str = "",
        scopes: Sequence[str] | None = None,
        authorize_url: str = "",
        token_url: str = "",
        userinfo_url: str = "",
        revocation_url: str = "",
        *,
        client_auth: "protocol.ClientAuth | None" = None,
        authorize_params: Mapping[str, str] | None = None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        super().__init__(
            client_id,
            client_secret,
            scopes,
            authorize_url,
            token_url,
            userinfo_url,
            revocation_url,
            client_auth=client_auth,
            authorize_params=authorize_params,
            clock=clock,
        )
        self.issuer_url = checked_issuer(issuer_url)
        if self.issuer_url:
            self.issuer = self.issuer_url
        #: what the issuer said about itself; None until ``prepare``
        self.metadata: protocol.ProviderMetadata | None = None
        self._discovery: SingleFlight[None] | None = None  # a flight needs asyncio

    @property
    def client_auth(self) -> "protocol.ClientAuth":
        """How this client proves itself; Basic where the provider announces no other way."""
        methods = (self.metadata and self.metadata.token_endpoint_auth_methods_supported) or ()
        only_basic = "client_secret_basic" in methods and "client_secret_post" not in methods
        if self._client_auth is None and self.client_secret and only_basic:
            from pywry_auth.protocol.client_auth import SecretBasic

            return SecretBasic(self.client_id, self.client_secret)
        return super().client_auth

    async def prepare(self) -> None:
        """
        Find the endpoints, once; callers at the same time share one attempt.

        Raises:
            DiscoveryTransportError: nobody answered this time.
            DiscoveryError: the metadata is missing, or does not belong to the issuer.
        """
        if self.metadata is None and self.issuer_url:
            if self._discovery is None:
                self._discovery = SingleFlight()
            await self._discovery.run(self._discover)

    async def authorization_url(self, attempt: "protocol.AuthorizationRequest") -> str:
        """
        Make the authorize URL of *attempt*.

        Raises:
            DiscoveryError: the provider cannot do what a safe sign-in needs.
        """
        if not self.token_url:
            raise DiscoveryError(
                "the token endpoint is not known",
                provider=self.name,
                hint="give the provider issuer_url, or authorize_url with token_url",
            )
        if self.metadata is not None and attempt.challenge is not None:
            self.metadata.require_s256()
        return await super().authorization_url(attempt)

    async def _discover(self) -> None:
        found = await self._document(openid_url(self.issuer_url))
        if found.revocation_endpoint is None:
            found = await self._with_oauth_document(found)
        self.authorize_url = self.authorize_url or found.authorization_endpoint or ""
        self.token_url = self.token_url or found.token_endpoint or ""
        self.userinfo_url = self.userinfo_url or found.userinfo_endpoint or ""
        self.revocation_url = self.revocation_url or found.revocation_endpoint or ""
        self.end_session_url = self.end_session_url or found.end_session_endpoint or ""
        self.introspection_url = self.introspection_url or found.introspection_endpoint or ""
        self.device_url = self.device_url or found.device_authorization_endpoint or ""
        self.par_url = self.par_url or found.pushed_authorization_request_endpoint or ""
        self.requires_par = found.require_pushed_authorization_requests
        self.issuer = self._redirect_issuer(found)
        self.announces_iss = found.authorization_response_iss_parameter_supported
        if "select_account" in (found.prompt_values_supported or ()):
            self.prompt_for_another = "select_account"
        self.metadata = found

    async def _with_oauth_document(
        self, found: "protocol.ProviderMetadata"
    ) -> "protocol.ProviderMetadata":
        # Some providers name revocation only in their RFC 8414 document; most have none at all.
        try:
            return found.filled_from(await self._document(oauth_url(self.issuer_url)))
        except DiscoveryError:
            return found

    async def _document(self, url: str) -> "protocol.ProviderMetadata":
        from pywry_auth.protocol.discovery import read_metadata

        request = WireRequest("GET", url, {"accept": "application/json"})
        try:
            reply = await self._send(request, within=DISCOVERY_TIMEOUT)
        except TransportError as exc:
            raise DiscoveryTransportError(str(exc), self.name) from None
        return read_metadata(reply, accepts=self._is_own_issuer)

    def _dpop_algorithms(self) -> Sequence[str] | None:
        return self.metadata and self.metadata.dpop_signing_alg_values_supported

    def _home(self) -> str:
        # The same before and after discovery, so that a stored record is known again.
        return self.issuer_url.rstrip("/") or self.token_url

    def _is_own_issuer(self, issuer: str) -> bool:
        return same_issuer(issuer, self.issuer_url)

    def _redirect_issuer(
        self, found: "protocol.ProviderMetadata"
    ) -> str | Literal[Skipped.UNKNOWN_ISSUER]:
        return found.issuer
