"""What the commands that speak to a provider share: settings, provider, session."""

import os
from typing import Annotated, TypeVar

from pydantic import Field, TypeAdapter, ValidationError

from pywry_auth.account_index import Account
from pywry_auth.cli.selection import Selected, token_store
from pywry_auth.errors import AuthenticationError, ConfigError
from pywry_auth.providers.base import OAuthProvider
from pywry_auth.providers.factory import create_provider_from_settings
from pywry_auth.session.manager import SessionManager
from pywry_auth.settings import OAuth2Settings


T = TypeVar("T")

_PARAMS = TypeAdapter(dict[str, str])
_PORTS = TypeAdapter(tuple[Annotated[int, Field(ge=0, le=65535)], ...])


def read_settings(selected: Selected) -> OAuth2Settings:
    """
    Read what file, flags and (for an unnamed provider) the environment say.

    Raises:
        ConfigError: a value cannot be used.
    """
    values = dict(selected.settings)
    variable = values.pop("client_secret_env", None)
    if variable is not None:
        secret = os.environ.get(str(variable))
        if not secret:
            raise ConfigError(f"the variable {variable} holds no client secret")
        values["client_secret"] = secret
    return OAuth2Settings.load(values, env={} if selected.is_named else None)


def make_provider(selected: Selected) -> OAuthProvider:
    """
    Make the provider.

    Raises:
        ConfigError: the settings do not describe one.
    """
    settings = read_settings(selected)
    extra = _checked(_PARAMS, selected, "authorize_params", {})
    try:
        provider = create_provider_from_settings(settings, authorize_params=extra)
    except AuthenticationError as exc:
        raise ConfigError(
            f"{selected.name}: {exc}",
            hint=exc.hint or f"complete [providers.{selected.name}] in providers.toml",
        ) from None
    provider.name = selected.name
    return provider


def redirect_ports(selected: Selected) -> tuple[int, ...]:
    """
    Say which loopback ports to try; any free one where nothing is said.

    Raises:
        ConfigError: ``redirect_ports`` is no list of port numbers.
    """
    return _checked(_PORTS, selected, "redirect_ports", (0,))


def _checked(shape: TypeAdapter[T], selected: Selected, name: str, default: T) -> T:
    if name not in selected.settings:
        return default
    try:
        return shape.validate_python(selected.settings[name])
    except ValidationError:
        raise ConfigError(f"{name} of {selected.name} cannot be used as it is") from None


def open_session(selected: Selected, account: Account) -> SessionManager:
    """Give the session of *account*, not yet loaded."""
    return SessionManager(
        make_provider(selected),
        token_store(),
        session_key=account.key,
        refresh_buffer_seconds=read_settings(selected).refresh_buffer_seconds,
    )
