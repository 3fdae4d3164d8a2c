"""The provider that some settings describe."""

from collections.abc import Mapping

from pydantic import ValidationError

from pywry_auth.errors import AuthenticationError, ConfigError
from pywry_auth.protocol.client_auth import ClientAuth
from pywry_auth.protocol.wire import require_safe_url
from pywry_auth.providers.base import OAuthProvider
from pywry_auth.providers.feature_use import FeatureUse
from pywry_auth.providers.github import GitHubProvider
from pywry_auth.providers.oidc import GenericOIDCProvider
from pywry_auth.providers.presets import GoogleProvider, MicrosoftProvider
from pywry_auth.providers.standard import StandardProvider
from pywry_auth.settings import OAuth2Settings, settings_error


def create_provider_from_settings(
    settings: object,
    *,
    authorize_params: Mapping[str, str] | None = None,
    client_auth: ClientAuth | None = None,
) -> OAuthProvider:
    """
    Make the provider that *settings* describe.

    Args:
        settings: an ``OAuth2Settings``, a mapping, or any object with its attributes.
        authorize_params: further parameters of every authorize URL.
        client_auth: how the client authenticates; as the provider wants it when left out.

    Raises:
        AuthenticationError: unknown provider, no client id, or addresses that are missing.
    """
    try:
        found = OAuth2Settings.model_validate(settings, context={"env": {}})
    except ValidationError as exc:
        raise AuthenticationError(str(settings_error(exc))) from None
    try:
        provider = _provider(found, dict(authorize_params or {}), client_auth)
        if found.device_url:
            provider.device_url = require_safe_url(found.device_url, "device_url")
    except ConfigError as exc:
        raise AuthenticationError(str(exc), found.provider, hint=exc.hint) from None
    return provider


def _provider(
    found: OAuth2Settings, params: dict[str, str], client_auth: ClientAuth | None
) -> StandardProvider:
    if found.provider not in {"oidc", "custom"} and (found.resources or found.dpop != "off"):
        raise ConfigError(
            f"{found.provider} knows neither resources nor dpop",
            hint="leave them out, or name the provider oidc or custom",
        )
    who, secret, scopes = found.client_id, found.client_secret, found.chosen_scopes
    match found.provider:
        case "google":
            return GoogleProvider(
                who, secret, scopes, authorize_params=params, client_auth=client_auth
            )
        case "github":
            return GitHubProvider(
                who, secret, scopes, authorize_params=params, client_auth=client_auth
            )
        case "microsoft":
            return MicrosoftProvider(
                who,
                secret,
                found.tenant_id,
                scopes,
                authorize_params=params,
                client_auth=client_auth,
            )
        case "oidc" | "custom":
            return _described(found, params, client_auth)


def _described(
    found: OAuth2Settings, params: dict[str, str], client_auth: ClientAuth | None
) -> StandardProvider:
    if not found.issuer_url and not (found.authorize_url and found.token_url):
        raise ConfigError(
            "nothing says where to sign in",
            hint="set issuer_url, or both authorize_url and token_url",
        )
    if found.provider == "oidc" and not found.issuer_url:
        raise ConfigError("an OpenID Connect provider needs its issuer_url")
    return GenericOIDCProvider(
        found.client_id,
        found.client_secret,
        found.issuer_url,
        found.scopes.split(),
        found.authorize_url,
        found.token_url,
        found.userinfo_url,
        found.revocation_url,
        require_id_token_validation=bool(found.issuer_url),
        authorize_params=params,
        resources=found.resources.split(),
        dpop=FeatureUse(found.dpop),
        client_auth=client_auth,
    )
