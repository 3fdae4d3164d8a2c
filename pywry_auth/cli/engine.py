"""What the commands that speak to a provider share: settings, provider, session."""

import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, TypeVar

from pydantic import Field, TypeAdapter, ValidationError

from pywry_auth.account_index import Account
from pywry_auth.cli.grants.client_proof import client_auth_of
from pywry_auth.cli.grants.secret_sources import secret_in
from pywry_auth.cli.output import Output
from pywry_auth.cli.selection import Selected, is_in_environment, login_line, token_store
from pywry_auth.errors import AuthenticationError, ConfigError, CredentialMissingError
from pywry_auth.providers.base import OAuthProvider
from pywry_auth.providers.factory import create_provider_from_settings
from pywry_auth.session.events import SessionEvent, SessionEventName
from pywry_auth.session.manager import SessionManager
from pywry_auth.settings import OAuth2Settings
from pywry_auth.tokens import OAuthTokenSet


T = TypeVar("T")

LAST_PAGE = 5.5  # seconds; the callback server itself gives the browser 5 to fetch its last page

#: listens to the window's process, and ends with it
WINDOW_THREAD = "pywry-auth-window"
WINDOW_END = 6.0  # seconds; the process is killed after five

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
        values["client_secret"] = secret_in(str(variable), "client_secret_env", "client secret")
    if values.get("grant") and not values.get("issuer_url"):
        # Nobody signs in on a page of it, so that a page it has none of is not missed.
        values.setdefault("authorize_url", values.get("token_url", ""))
    try:
        return OAuth2Settings.load(values, env={} if selected.is_named else None)
    except ConfigError as exc:
        raise ConfigError(
            f"{_whose(selected)}{exc}", hint=exc.hint or f"correct it in {selected.path}"
        ) from None


def make_provider(
    selected: Selected, *, suggested: Mapping[str, str] | None = None
) -> OAuthProvider:
    """
    Make the provider.

    Args:
        selected: what is known of it.
        suggested: further parameters of the authorize URL; settings beat them.

    Raises:
        ConfigError: the settings do not describe one.
    """
    settings = read_settings(selected)
    extra = {**(suggested or {}), **_authorize_params(selected)}
    try:
        proof = client_auth_of(selected, settings.client_id, settings.client_secret)
        provider = create_provider_from_settings(
            settings, authorize_params=extra, client_auth=proof
        )
    except AuthenticationError as exc:
        raise ConfigError(
            f"{_whose(selected)}{exc}", hint=_how_to_complete(selected, exc.hint)
        ) from None
    provider.name = selected.name
    return provider


def _how_to_complete(selected: Selected, hint: str) -> str:
    known = selected.settings
    if known.get("client_id") and known.get("provider", "oidc") in {"oidc", "custom"}:
        wanted = "issuer_url", "token_url"
        if not any(known.get(name) for name in wanted):
            return _where(selected)
    if not selected.settings.get("client_id") and selected.is_named:
        return f"add client_id to [providers.{selected.name}] in {selected.path}, or --client-id ID"
    if not selected.settings.get("client_id"):
        return "add --client-id ID, as the provider registered this program"
    if not selected.is_named:
        return hint or "correct what was typed, or the variables PYWRY_AUTH_*"
    return hint or f"correct [providers.{selected.name}] in {selected.path}"


def _where(selected: Selected) -> str:
    """Strictly private: a grant without a window needs no page."""
    token_url = bool(selected.settings.get("grant"))
    if not selected.is_configured:
        return "add --issuer URL" + (", or --token-url URL" if token_url else "")
    settings = "issuer_url" + (" or token_url" if token_url else "")
    return f"add {settings} to [providers.{selected.name}] in {selected.path}"


def _whose(selected: Selected) -> str:
    return f"{selected.name}: " if selected.is_named else ""


def redirect_ports(selected: Selected) -> tuple[int, ...]:
    """
    Say which loopback ports to try; any free one where nothing is said.

    Raises:
        ConfigError: ``redirect_ports`` is no list of port numbers.
    """
    expected = "a list of port numbers, for example [8765, 8766]"
    return _checked(_PORTS, selected, "redirect_ports", (0,), expected) or (0,)


def _authorize_params(selected: Selected) -> dict[str, str]:
    expected = 'a table of strings, for example { prompt = "login" }'
    return _checked(_PARAMS, selected, "authorize_params", {}, expected)


def _checked(shape: TypeAdapter[T], selected: Selected, name: str, default: T, expected: str) -> T:
    if name not in selected.settings:
        return default
    try:
        return shape.validate_python(selected.settings[name])
    except ValidationError:
        raise ConfigError(
            f"{_whose(selected)}{name} cannot be used as it is", hint=f"it must be {expected}"
        ) from None


def completed(selected: Selected, tokens: OAuthTokenSet) -> Selected:
    """Let a stored sign-in say where it came from, where nothing else does."""
    origin, settings = tokens.origin, selected.settings
    by_environment = not selected.is_named and is_in_environment()
    if origin is None or settings.get("client_id") or by_environment:
        return selected
    known: dict[str, object] = {"client_id": origin.client_id}
    if "provider" not in settings:
        known |= {"provider": "oidc", "issuer_url": origin.issuer}
    return replace(selected, settings={**known, **settings})


def require_ours(provider: OAuthProvider, tokens: OAuthTokenSet, selected: Selected) -> None:
    """
    Keep one provider's tokens from being sent to another.

    Raises:
        CredentialMissingError: *tokens* come from elsewhere.
    """
    mine = provider.origin()
    origin = tokens.origin or mine
    if (origin.issuer.rstrip("/"), origin.client_id) != (mine.issuer.rstrip("/"), mine.client_id):
        raise of_another_provider(selected)


def of_another_provider(selected: Selected) -> CredentialMissingError:
    """Say that what is stored under this name was got elsewhere."""
    name, again = selected.name, login_line(selected)
    if not selected.is_named:
        # A second one that nobody gave a name: both can be kept when one has.
        hint = f"run {again} --save NAME, then pywry-auth token NAME"
    else:
        hint = f"run pywry-auth logout {name}, then {again}"
    return CredentialMissingError(
        f"what is stored for {name} comes from another issuer or client, so it is not used",
        provider=name,
        hint=hint,
    )


def open_session(selected: Selected, account: Account, output: Output) -> SessionManager:
    """Give the session of *account*, not yet loaded; *output* hears when it cannot be kept."""

    def heard(event: SessionEvent) -> None:
        if event.name is SessionEventName.SAVE_FAILED:
            output.note(f"note: the renewed tokens could not be kept ({event.reason})")

    return SessionManager(
        make_provider(selected),
        token_store(output),
        session_key=account.key,
        refresh_buffer_seconds=read_settings(selected).refresh_buffer_seconds,
        on_event=heard,
    )


def let_the_window_go() -> None:
    """Wait until the process of the native window has ended, so that nothing outlives us."""
    for thread in threading.enumerate():
        if thread.name == WINDOW_THREAD:
            thread.join(WINDOW_END)
