"""What every provider has: endpoints, a client registration, the calls on them."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Literal

from pywry_auth import protocol
from pywry_auth.clock import SYSTEM_CLOCK, Clock
from pywry_auth.errors import ConfigError, DiscoveryError, TransportError
from pywry_auth.protocol.authorize_params import checked_params, request_params
from pywry_auth.protocol.skipped import UNKNOWN_ISSUER, Skipped
from pywry_auth.protocol.wire import WireReply, require_safe_url, with_query
from pywry_auth.providers.feature_use import FeatureUse
from pywry_auth.providers.introspecting import Introspecting
from pywry_auth.tokens import OAuthTokenSet, TokenOrigin
from pywry_auth.window.base import WindowKind


TOKEN_TIMEOUT = 30.0  # seconds for the token endpoint
USERINFO_TIMEOUT = 10.0  # seconds for userinfo; it is never worth a longer wait
REVOCATION_TIMEOUT = 10.0  # seconds; signing out must not feel stuck


class OAuthProvider(Introspecting, ABC):
    """
    One authorization server, with one client registration at it.

    Args:
        client_id: the client identifier (RFC 6749 section 2.2).
        client_secret: "" for a public client, which every installed application is.
        scopes: what is asked for; words in a list, or separated by spaces.
        authorize_url: the authorization endpoint.
        token_url: the token endpoint.
        userinfo_url: the userinfo endpoint, or "".
        revocation_url: the revocation endpoint (RFC 7009), or "".
        client_auth: how the client authenticates; by the secret in the form when left out.
        authorize_params: further parameters of every authorize URL.

    Raises:
        ConfigError: no client id, an address that is not encrypted, a parameter that is reserved.
    """

    #: which window the provider allows; BROWSER means that it refuses embedded ones
    prefers: WindowKind = WindowKind.AUTO
    #: where a person signs out at the provider (OIDC RP-Initiated Logout 1.0), or ""
    end_session_url: str = ""
    #: which ``prompt`` lets a person choose another account than the one known (OIDC Core 3.1.2.1)
    prompt_for_another: str = "login"
    #: sent with a request for further scopes, where the provider then keeps those granted before
    incremental_params: Mapping[str, str] = MappingProxyType({})
    #: scopes that the provider's answers call by other names
    scope_aliases: Mapping[str, str] = MappingProxyType({})
    #: what ``iss`` of a redirect must equal, where the provider has an issuer
    issuer: str | Literal[Skipped.UNKNOWN_ISSUER] = UNKNOWN_ISSUER
    #: whether every redirect carries ``iss`` (RFC 9207)
    announces_iss: bool = False
    #: whether the claims of this provider's ID tokens were verified and may be used
    validates_id_tokens: bool = False

    def __init__(  # noqa: PLR0913
        self,
        client_id: str,
        client_secret: str = "",
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
        super().__init__(clock)
        if not client_id:
            raise ConfigError("there is no client_id", hint="register the application first")
        self.client_id = client_id
        self.client_secret = client_secret
        self.scopes = scopes.split() if isinstance(scopes, str) else list(scopes or [])
        self.authorize_url = _checked(authorize_url, "authorize_url")
        self.token_url = _checked(token_url, "token_url")
        self.userinfo_url = _checked(userinfo_url, "userinfo_url")
        self.revocation_url = _checked(revocation_url, "revocation_url")
        self.authorize_params = checked_params(authorize_params or {})
        #: what the tokens are for (RFC 8707); sent with every request for them
        self.resources: tuple[str, ...] = ()
        self._client_auth = client_auth

    def __repr__(self) -> str:
        return f"{type(self).__name__}(client_id={self.client_id!r})"

    @property
    def client_auth(self) -> "protocol.ClientAuth":
        """How this client proves itself, on every request to the provider."""
        if self._client_auth is not None:
            return self._client_auth
        from pywry_auth.protocol.client_auth import NoClientAuth, SecretPost

        if self.client_secret:
            return SecretPost(self.client_id, self.client_secret)
        return NoClientAuth(self.client_id)

    @property
    def is_public(self) -> bool:
        """Whether the client has no way to prove itself, so that PKCE alone protects the code."""
        from pywry_auth.protocol.client_auth import NoClientAuth

        return isinstance(self.client_auth, NoClientAuth)

    async def prepare(self) -> None:
        """
        Make sure that the endpoints are known; called before each sign-in.

        Raises:
            DiscoveryError: they cannot be found out.
        """

    def build_authorize_url(
        self,
        redirect_uri: str,
        state: str,
        pkce: "protocol.PKCEChallenge | None" = None,
        extra_params: dict[str, str] | None = None,
    ) -> str:
        """
        Make the address that asks a person (RFC 6749 section 4.1.1); a secret, never log it.

        Raises:
            DiscoveryError: the authorization endpoint is not known.
        """
        if not self.authorize_url:
            raise DiscoveryError("the authorization endpoint is not known", provider=self.name)
        params = request_params(
            self.client_id,
            redirect_uri=redirect_uri,
            state=state,
            scopes=self.scopes,
            resources=self.resources,
            pkce=pkce,
        )
        return with_query(
            self.authorize_url, {**params, **self.authorize_params, **(extra_params or {})}
        )

    async def authorization_url(self, attempt: "protocol.AuthorizationRequest") -> str:
        """Make the authorize URL of *attempt*."""
        extra = attempt.extra_params | self._prover.authorize_params
        return self.build_authorize_url(
            attempt.redirect_uri, attempt.state, attempt.challenge, extra
        )

    async def new_dpop_key(self) -> "protocol.DPoPKey | None":
        """
        Draw a key for one person's tokens (RFC 9449); None where none is to be used.

        It does nothing by itself: see ``providers.proving.speaking_with``.

        Raises:
            DiscoveryError: whether one is to be used, or how, cannot be found out.
        """
        if self._prover.use is not FeatureUse.OFF:
            await self.prepare()
        return self._prover.new_key(self._dpop_algorithms())

    def _dpop_algorithms(self) -> Sequence[str] | None:
        return None

    @abstractmethod
    async def exchange_code(
        self,
        code: str,
        redirect_uri: str,
        pkce_verifier: str | None = None,
        nonce: str | None = None,
    ) -> OAuthTokenSet:
        """
        Buy tokens with *code*.

        Raises:
            TokenError: the provider refused, or its answer must not be used.
        """

    @abstractmethod
    async def refresh_tokens(self, refresh_token: str) -> OAuthTokenSet:
        """
        Buy fresh tokens with *refresh_token*.

        Raises:
            ReauthRequiredError: the provider ended the session.
            RefreshTransportError: nobody answered; the refresh token is as good as before.
            TokenRefreshError: anything else.
        """

    async def get_userinfo(self, access_token: str) -> dict[str, object]:
        """
        Ask who signed in; {} where the provider has no userinfo endpoint.

        Raises:
            httpx.HTTPStatusError: the answer is an error.
            TransportError: no answer arrived, or one that is no JSON object.
            TokenError: the answer is signed, and must not be believed.
            DiscoveryError: the endpoint cannot be found out.
        """
        await self.prepare()
        if not self.userinfo_url:
            return {}
        from pywry_auth.http import raise_for_status
        from pywry_auth.protocol.userinfo import userinfo_request

        presented = f"{self._prover.scheme} {access_token}"
        request = userinfo_request(self.userinfo_url, authorization=presented)
        reply = await self._ask(lambda: request, within=USERINFO_TIMEOUT, access_token=access_token)
        raise_for_status(request, reply)
        return await self._read_userinfo(reply)

    async def _read_userinfo(self, reply: WireReply) -> dict[str, object]:
        from pywry_auth.protocol.userinfo import read_userinfo

        return read_userinfo(reply)

    async def revoke_token(self, token: str) -> bool:
        """
        Tell the provider that a refresh token is not needed any more (RFC 7009).

        Returns:
            Whether it said yes; False also where it has no such endpoint or nobody answered.
        """
        return await self._revoke(token, "refresh_token")

    async def revoke_access_token(self, token: str) -> bool:
        """Tell the provider that an access token is not needed any more; as ``revoke_token``."""
        if type(self).revoke_token is not OAuthProvider.revoke_token:
            return await self.revoke_token(token)  # a provider with a way of its own
        return await self._revoke(token, "access_token")

    async def _revoke(self, token: str, token_type_hint: str) -> bool:
        try:
            await self.prepare()  # a session that was only taken up knows no endpoint yet
        except DiscoveryError:
            return False
        if not self.revocation_url:
            return False
        from pywry_auth.protocol.revocation import is_revoked, revocation_request

        request = revocation_request(
            self.revocation_url, proof=self._proof(), token=token, token_type_hint=token_type_hint
        )
        try:
            return is_revoked(await self._send(request, within=REVOCATION_TIMEOUT))
        except TransportError:
            return False

    def origin(self, subject: str = "") -> TokenOrigin:
        """Say whose tokens these are, for the store."""
        return TokenOrigin(self._home(), self.client_id, subject)

    def _home(self) -> str:
        return self.token_url

    def _proof(self) -> "protocol.ClientProof":
        audience = self.issuer if isinstance(self.issuer, str) else self.token_url
        return self.client_auth.proof(audience=audience, now=self.now())


def _checked(url: str, what: str) -> str:
    return require_safe_url(url, what) if url else ""
