"""Any OpenID Connect provider; its issuer is enough."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal, Protocol

from pywry_auth import protocol
from pywry_auth.clock import SYSTEM_CLOCK, Clock
from pywry_auth.errors import (
    RefreshTransportError,
    TokenError,
    TokenRefreshError,
    TokenTransportError,
)
from pywry_auth.protocol.resources import checked_resources
from pywry_auth.protocol.skipped import NO_NONCE, Skipped
from pywry_auth.protocol.wire import WireReply, WireRequest, require_safe_url
from pywry_auth.providers.base import TOKEN_TIMEOUT
from pywry_auth.providers.discovered import DiscoveredProvider
from pywry_auth.providers.feature_use import FeatureUse
from pywry_auth.providers.proving import Prover
from pywry_auth.tokens import OAuthTokenSet


DEFAULT_SCOPES = ("openid", "email", "profile")


class _Verifier(Protocol):
    """What is needed of ``IdTokenVerifier``, which is imported with the first ID token."""

    async def warm(self) -> None: ...

    async def verify(
        self,
        id_token: str,
        *,
        nonce: str | Literal[Skipped.NO_NONCE],
        access_token: str | None = None,
    ) -> dict[str, object]: ...

    async def verify_refreshed(
        self, id_token: str, *, access_token: str
    ) -> dict[str, object] | None: ...

    async def verify_userinfo(self, token: str) -> dict[str, object]: ...


class GenericOIDCProvider(DiscoveredProvider):
    """
    An OpenID Connect provider, found by its issuer.

    Args:
        client_id: the client identifier.
        client_secret: "" for a public client.
        issuer_url: the issuer, exactly as the provider writes it; a final slash may differ.
        scopes: ``openid email profile`` when left out.
        authorize_url: beats what discovery finds; so do the other addresses.
        token_url: the token endpoint.
        userinfo_url: the userinfo endpoint.
        revocation_url: the revocation endpoint.
        require_id_token_validation: off keeps ID tokens without using anything in them.
        client_auth: how the client authenticates.
        authorize_params: further parameters of every authorize URL.
        id_token_signed_response_alg: the one signature algorithm this client registered.
        resources: what the tokens are for, as absolute URIs (RFC 8707).
        par: whether the authorization request is handed over before the window opens (RFC 9126).
        par_url: where to; given by hand, it must work.
        dpop: whether tokens are bound to a key that stays on this machine (RFC 9449).
        clock: tells the time.

    ``dpop`` is off unless somebody says otherwise, because a bound token is refused wherever it is
    shown without a proof: the provider announces DPoP for all its clients, but whether the
    resources take it, and whether this application proves every request it makes to them
    (``pywry_auth.http_auth`` does), only its author knows.
    """

    name = "oidc"

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
        require_id_token_validation: bool = True,
        client_auth: "protocol.ClientAuth | None" = None,
        authorize_params: Mapping[str, str] | None = None,
        id_token_signed_response_alg: str | None = None,
        resources: Sequence[str] = (),
        par: FeatureUse = FeatureUse.WHEN_ANNOUNCED,
        par_url: str = "",
        dpop: FeatureUse = FeatureUse.OFF,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        super().__init__(
            client_id,
            client_secret,
            issuer_url,
            list(DEFAULT_SCOPES) if scopes is None else scopes,
            authorize_url,
            token_url,
            userinfo_url,
            revocation_url,
            client_auth=client_auth,
            authorize_params=authorize_params,
            clock=clock,
        )
        self.resources = checked_resources(resources)
        self.par_url = require_safe_url(par_url, "par_url") if par_url else ""
        given = bool(par_url) and par is FeatureUse.WHEN_ANNOUNCED
        self.par = FeatureUse.REQUIRED if given else par
        self._prover = Prover(dpop)
        self.validates_id_tokens = require_id_token_validation
        self._registered_alg = id_token_signed_response_alg
        self._verifier: _Verifier | None = None

    async def exchange_code(
        self,
        code: str,
        redirect_uri: str,
        pkce_verifier: str | None = None,
        nonce: str | None = None,
    ) -> OAuthTokenSet:
        """
        Buy tokens with *code*, and check the ID token that comes with them (OIDC Core 3.1.3).

        Raises:
            TokenTransportError: nobody answered.
            TokenError: the provider refused, or its answer must not be believed.
        """
        tokens = await self._redeem(code, redirect_uri, pkce_verifier)
        claims = await self._checked_claims(tokens, NO_NONCE if nonce is None else nonce)
        return self._named(tokens, claims)

    async def accept_device(self, tokens: OAuthTokenSet) -> OAuthTokenSet:
        """
        Check the ID token that came with *tokens*, for which no nonce was ever sent.

        Raises:
            TokenTransportError: the keys to check it with cannot be had.
            TokenError: it must not be believed.
        """
        claims = await self._checked_claims(tokens, NO_NONCE)
        if claims is not None and claims.get("nonce"):
            # OIDC Core 3.1.3.7 step 2: whoever sent that nonce, it was not this sign-in.
            raise TokenError("the ID token was not made for this sign-in (nonce)")
        return self._named(await super().accept_device(tokens), claims)

    async def _checked_claims(
        self, tokens: OAuthTokenSet, nonce: str | Literal[Skipped.NO_NONCE]
    ) -> dict[str, object] | None:
        if not self.validates_id_tokens:
            return None
        if tokens.id_token is None:
            if self.issuer_url and "openid" in self.scopes:
                raise TokenError("the provider sent no ID token, though one was asked for")
            return None
        claims = await self._claims(tokens.id_token, nonce=nonce, access_token=tokens.access_token)
        self._require_recent_sign_in(claims)
        return claims

    def _named(self, tokens: OAuthTokenSet, claims: dict[str, object] | None) -> OAuthTokenSet:
        return tokens if claims is None else replace(tokens, origin=self.origin(str(claims["sub"])))

    async def refresh_tokens(self, refresh_token: str) -> OAuthTokenSet:
        """
        Buy fresh tokens, and check a new ID token if one comes (OIDC Core 12.2).

        Raises:
            ReauthRequiredError: the provider refused the refresh token for good.
            RefreshTransportError: nobody answered; the refresh token is as good as before.
            TokenRefreshError: anything else.
        """
        await self._require_keys()
        tokens = await super().refresh_tokens(refresh_token)
        if tokens.id_token is None or not self.validates_id_tokens:
            return tokens
        try:
            claims = await self._checker().verify_refreshed(
                tokens.id_token, access_token=tokens.access_token
            )
        except TokenError as exc:
            raise TokenRefreshError(str(exc), self.name) from None
        # The old refresh token is spent: thrown away with an ID token that nobody can check just
        # now, the new one would be the end of the session. So the ID token did not come.
        return self._named(tokens if claims else replace(tokens, id_token=None), claims)

    async def validate_id_token(self, id_token: str, nonce: str | None = None) -> dict[str, object]:
        """
        Check signature and claims (OIDC Core 3.1.3.7), and give the claims.

        Args:
            id_token: the compact JWS.
            nonce: what was sent with the authorization request; not compared when None.

        Raises:
            TokenError: the token must not be believed, or nothing is known to check it with.
        """
        await self._prepare_exchange()
        return await self._claims(id_token, nonce=NO_NONCE if nonce is None else nonce)

    def _require_recent_sign_in(self, claims: dict[str, object]) -> None:
        from pywry_auth.protocol.id_token import require_recent_sign_in

        max_age = self.authorize_params.get("max_age", "")
        if max_age.isdigit():
            require_recent_sign_in(claims, max_age=int(max_age), now=self.now())

    async def _require_keys(self) -> None:
        # Before the refresh token is spent: who cannot read the answer must not ask.
        await self._prepare_refresh()
        if not self.validates_id_tokens or self.metadata is None or not self.metadata.jwks_uri:
            return
        try:
            await self._checker().warm()
        except TokenTransportError as exc:
            raise RefreshTransportError(str(exc), self.name) from None
        except TokenError as exc:
            raise TokenRefreshError(str(exc), self.name) from None

    async def _read_userinfo(self, reply: WireReply) -> dict[str, object]:
        from pywry_auth.protocol.userinfo import read_userinfo, signed_userinfo

        token = signed_userinfo(reply)
        if token is None:
            return read_userinfo(reply)
        # Without a check of its signature, nothing it says is used for anything.
        return await self._checker().verify_userinfo(token) if self.validates_id_tokens else {}

    async def _claims(
        self,
        id_token: str,
        *,
        nonce: str | Literal[Skipped.NO_NONCE],
        access_token: str | None = None,
    ) -> dict[str, object]:
        return await self._checker().verify(id_token, nonce=nonce, access_token=access_token)

    def _checker(self) -> _Verifier:
        if self._verifier is None:
            metadata = self.metadata
            if metadata is None or metadata.jwks_uri is None:
                raise TokenError(
                    "an ID token came, but there are no keys to check it with",
                    self.name,
                    hint="set issuer_url, or require_id_token_validation=False",
                )
            self._verifier = self._new_verifier(metadata, metadata.jwks_uri)
        return self._verifier

    def _new_verifier(self, metadata: "protocol.ProviderMetadata", jwks_uri: str) -> _Verifier:
        from pywry_auth.providers.verifier import IdTokenVerifier, rules_for

        rules = rules_for(
            metadata,
            client_id=self.client_id,
            client_secret=self.client_secret,
            registered_alg=self._registered_alg,
        )
        request = WireRequest("GET", jwks_uri, {"accept": "application/json"})

        async def fetch() -> WireReply:
            return await self._send(request, within=TOKEN_TIMEOUT)

        return IdTokenVerifier(
            fetch=fetch, rules=rules, clock=self._clock, offset=lambda: self.clock_offset
        )
