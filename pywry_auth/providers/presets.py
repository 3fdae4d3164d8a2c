"""Google, Microsoft: what differs from any OpenID Connect provider."""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Literal

from pywry_auth.clock import SYSTEM_CLOCK, Clock
from pywry_auth.errors import ConfigError
from pywry_auth.protocol.client_auth import ClientAuth
from pywry_auth.protocol.discovery import ProviderMetadata
from pywry_auth.protocol.skipped import UNKNOWN_ISSUER, Skipped
from pywry_auth.protocol.tenant import GUID, PLACEHOLDER, is_template, issuer_of
from pywry_auth.providers.oidc import GenericOIDCProvider
from pywry_auth.window.base import WindowKind


GOOGLE_ISSUER = "https://accounts.google.com"
MICROSOFT_LOGIN = "https://login.microsoftonline.com"
MULTI_TENANT = frozenset({"common", "organizations", "consumers"})
CONSUMERS = "9188040d-6c67-4c5b-b112-36a304b66dad"  # the one tenant of all personal accounts
TENANT_TEMPLATE = f"{MICROSOFT_LOGIN}/{PLACEHOLDER}/v2.0"
_TENANT_ISSUER = re.compile(re.escape(MICROSOFT_LOGIN) + f"/{GUID.pattern}/v2\\.0")


class GoogleProvider(GenericOIDCProvider):
    """
    Sign in with Google, in the system browser: Google refuses embedded windows.

    ``access_type=offline`` and ``prompt=consent`` are sent, without which Google gives a refresh
    token only the first time.
    """

    name = "google"
    prompt_for_another = "select_account"
    prefers = WindowKind.BROWSER
    carried_params = frozenset()  # its device endpoint knows client_id and scope alone
    incremental_params = MappingProxyType({"include_granted_scopes": "true"})
    scope_aliases = MappingProxyType(
        {name: f"https://www.googleapis.com/auth/userinfo.{name}" for name in ("email", "profile")}
    )

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
            GOOGLE_ISSUER,
            scopes,
            "https://accounts.google.com/o/oauth2/v2/auth",
            "https://oauth2.googleapis.com/token",
            "https://openidconnect.googleapis.com/v1/userinfo",
            "https://oauth2.googleapis.com/revoke",
            client_auth=client_auth,
            authorize_params={
                "access_type": "offline",
                "prompt": "consent",
                **(authorize_params or {}),
            },
            clock=clock,
        )


class MicrosoftProvider(GenericOIDCProvider):
    """
    Sign in with Microsoft, for one tenant or for ``common``, ``organizations``, ``consumers``.

    With a multi-tenant name each ID token must name its own tenant as issuer. There is no
    revocation endpoint.
    """

    name = "microsoft"
    prompt_for_another = "select_account"

    def __init__(
        self,
        client_id: str,
        client_secret: str = "",
        tenant_id: str = "common",
        scopes: Sequence[str] | None = None,
        *,
        client_auth: ClientAuth | None = None,
        authorize_params: Mapping[str, str] | None = None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        if not tenant_id or not all(c.isalnum() or c in "-." for c in tenant_id):
            raise ConfigError(
                "tenant_id is a GUID, a domain or one of common, organizations, consumers"
            )
        if GUID.fullmatch(tenant_id):
            tenant_id = tenant_id.lower()  # as the issuer writes it
        base = f"{MICROSOFT_LOGIN}/{tenant_id}"
        super().__init__(
            client_id,
            client_secret,
            f"{base}/v2.0",
            ["openid", "email", "profile", "offline_access"] if scopes is None else scopes,
            f"{base}/oauth2/v2.0/authorize",
            f"{base}/oauth2/v2.0/token",
            "https://graph.microsoft.com/oidc/userinfo",
            client_auth=client_auth,
            authorize_params=authorize_params,
            clock=clock,
        )
        self.tenant_id = tenant_id

    def _is_own_issuer(self, issuer: str) -> bool:
        if self.tenant_id in MULTI_TENANT:
            consumers = issuer_of(TENANT_TEMPLATE, CONSUMERS)
            return issuer == TENANT_TEMPLATE or (self.tenant_id, issuer) == ("consumers", consumers)
        if not GUID.fullmatch(self.tenant_id) and _TENANT_ISSUER.fullmatch(issuer):
            return True  # a domain: only Microsoft knows which tenant has it
        return super()._is_own_issuer(issuer)

    def _redirect_issuer(self, found: ProviderMetadata) -> str | Literal[Skipped.UNKNOWN_ISSUER]:
        return UNKNOWN_ISSUER if is_template(found.issuer) else found.issuer
