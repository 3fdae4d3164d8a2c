"""GitHub: OAuth 2 without OpenID Connect."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from urllib.parse import quote

from pywry_auth.clock import SYSTEM_CLOCK, Clock
from pywry_auth.errors import ReauthRequiredError, TokenRefreshError, TransportError
from pywry_auth.protocol.client_auth import ClientAuth, basic
from pywry_auth.protocol.wire import WireReply, WireRequest
from pywry_auth.providers.base import REVOCATION_TIMEOUT, USERINFO_TIMEOUT
from pywry_auth.providers.standard import StandardProvider
from pywry_auth.tokens import OAuthTokenSet


API = "https://api.github.com"
DEAD_REFRESH_TOKEN = "bad_refresh_token"  # where RFC 6749 has invalid_grant
JSON_TYPE = "application/vnd.github+json"


class GitHubProvider(StandardProvider):
    """
    Sign in with GitHub, with PKCE; ``read:user user:email`` is asked for when nothing is said.

    Revocation needs the client secret; without one ``revoke_token`` is always False.
    """

    name = "github"
    prompt_for_another = "select_account"
    #: answers only where the application's settings allow the device flow
    device_url = "https://github.com/login/device/code"

    def __init__(
        self,
        client_id: str,
        client_secret: str = "",
        scopes: Sequence[str] | None = None,
        *,
        client_auth: ClientAuth | None = None,
        authorize_params: Mapping[str, str] | None = None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        super().__init__(
            client_id,
            client_secret,
            ["read:user", "user:email"] if scopes is None else scopes,
            "https://github.com/login/oauth/authorize",
            "https://github.com/login/oauth/access_token",
            f"{API}/user",
            f"{API}/applications/{quote(client_id, safe='')}/token",
            client_auth=client_auth,
            authorize_params=authorize_params,
            clock=clock,
        )

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
            TokenTransportError: nobody answered.
            TokenError: GitHub refused, or its answer must not be used.
        """
        return _in_words(await super().exchange_code(code, redirect_uri, pkce_verifier, nonce))

    async def refresh_tokens(self, refresh_token: str) -> OAuthTokenSet:
        """
        Buy fresh tokens, where the application's tokens expire at all.

        Raises:
            ReauthRequiredError: GitHub refused the refresh token for good, in a word of its own.
            RefreshTransportError: nobody answered; the refresh token is as good as before.
            TokenRefreshError: anything else.
        """
        try:
            return _in_words(await super().refresh_tokens(refresh_token))
        except TokenRefreshError as exc:
            if exc.error != DEAD_REFRESH_TOKEN:
                raise
            raise ReauthRequiredError(
                str(exc), self.name, error=exc.error, error_description=exc.error_description
            ) from None

    async def get_userinfo(self, access_token: str) -> dict[str, object]:
        """
        Ask who signed in; adds the primary verified address where the profile hides it.

        Raises:
            httpx.HTTPStatusError: the answer is an error.
            TransportError: no answer arrived.
            TokenError: the answer is no JSON object.
        """
        user = await super().get_userinfo(access_token)
        if user.get("email") or not {"user", "user:email"} & set(self.scopes):
            return user
        address = await self._primary_address(access_token)
        return {**user, "email": address, "email_verified": True} if address else user

    async def revoke_token(self, token: str) -> bool:
        """Delete the token at GitHub's own endpoint; False without a client secret or an answer."""
        if not self.client_secret:
            return False
        request = WireRequest(
            "DELETE",
            self.revocation_url,
            {
                "accept": JSON_TYPE,
                "content-type": "application/json",
                "authorization": basic(self.client_id, self.client_secret),
            },
            json.dumps({"access_token": token}).encode(),
        )
        try:
            reply = await self._send(request, within=REVOCATION_TIMEOUT)
        except TransportError:
            return False
        return reply.status == 204  # noqa: PLR2004

    async def _primary_address(self, access_token: str) -> str:
        request = WireRequest(
            "GET",
            f"{self.userinfo_url}/emails",
            {"accept": JSON_TYPE, "authorization": f"Bearer {access_token}"},
        )
        try:
            return _primary(await self._send(request, within=USERINFO_TIMEOUT))
        except TransportError:
            return ""  # the address is a convenience; the sign-in is not lost for it


def _in_words(tokens: OAuthTokenSet) -> OAuthTokenSet:
    # GitHub puts commas between scopes where RFC 6749 section 3.3 has spaces.
    return replace(tokens, scope=" ".join(tokens.scope.replace(",", " ").split()))


def _primary(reply: WireReply) -> str:
    from pydantic import ValidationError

    from pywry_auth.protocol.replies import GITHUB_ADDRESSES

    try:
        addresses = GITHUB_ADDRESSES.validate_json(reply.body)
    except ValidationError:
        return ""
    return next((found.email for found in addresses if found.primary and found.verified), "")
