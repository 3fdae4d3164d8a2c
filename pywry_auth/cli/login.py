"""``pywry-auth login``: a person signs in, the keyring keeps the tokens."""

import time
from collections.abc import Mapping

from pywry_auth.account_index import Account
from pywry_auth.cli.arguments import Arguments
from pywry_auth.cli.config import config_path, save_provider
from pywry_auth.cli.engine import make_provider, read_settings, redirect_ports
from pywry_auth.cli.output import Output
from pywry_auth.cli.selection import (
    Selected,
    account_index,
    select_account,
    select_provider,
    token_store,
)
from pywry_auth.cli.token import fresh_tokens
from pywry_auth.errors import (
    AuthenticationError,
    CredentialMissingError,
    TokenExpiredError,
)
from pywry_auth.flow.manager import AuthFlowManager
from pywry_auth.flow.values import AuthFlowResult, CallbackOptions
from pywry_auth.runtime import LOOP
from pywry_auth.tokens import OAuthTokenSet
from pywry_auth.window.base import WindowKind


def login(args: Arguments, output: Output) -> int:
    """Sign in, unless somebody is signed in and that is enough."""
    selected = select_provider(args)
    if args.if_needed:
        known = _known(selected, args)
        if known is not None:
            return _tell(selected, *known, output, window="none")
    store = token_store()
    LOOP.run(store.list_keys())  # a keyring that is locked is found out before anybody types
    flow = _flow(selected, args, output)
    output.note(f"signing in at {selected.name}; press Ctrl-C to cancel")
    account, tokens = _signed_in(selected, flow.run_native())
    store.slot(account.key).save(tokens)
    account_index().remember(account)
    if args.save:
        path = config_path(args.config)
        save_provider(path, args.save, selected.settings)
        output.note(f"wrote [providers.{args.save}] to {path}")
    return _tell(selected, account, tokens, output, window=str(flow.window_kind))


def _known(selected: Selected, args: Arguments) -> tuple[Account, OAuthTokenSet] | None:
    try:
        account = select_account(selected, args.account)
        return account, fresh_tokens(selected, account)
    except (CredentialMissingError, TokenExpiredError):
        return None


def _flow(selected: Selected, args: Arguments, output: Output) -> AuthFlowManager:
    settings = read_settings(selected)
    return AuthFlowManager(
        make_provider(selected),
        use_pkce=settings.use_pkce,
        auth_timeout=args.timeout or settings.auth_timeout_seconds,
        window=WindowKind(args.window or settings.window),
        callback=CallbackOptions(ports=redirect_ports(selected)),
        on_notice=output.note,
    )


def _signed_in(selected: Selected, result: AuthFlowResult) -> tuple[Account, OAuthTokenSet]:
    tokens = result.tokens
    if tokens is None:
        raise AuthenticationError("the provider gave no tokens", selected.name)
    subject = (tokens.origin.subject if tokens.origin else "") or "default"
    label = _label(result.user_info or {})
    return Account(selected.name, subject, label, signed_in_at=time.time()), tokens


def _label(user_info: Mapping[str, object]) -> str:
    for name in ("email", "preferred_username", "login", "name"):
        value = user_info.get(name)
        if isinstance(value, str) and value:
            return value
    return ""


def _tell(
    selected: Selected, account: Account, tokens: OAuthTokenSet, output: Output, *, window: str
) -> int:
    facts = {
        "provider": selected.name,
        "account": account.subject,
        "label": account.label,
        "expires_at": tokens.expires_at,
        "scopes": list(tokens.scopes),
        "renewable": tokens.refresh_token is not None,
        "store": "keyring",
        "window": window,
    }
    output.data(facts, f"signed in as {account.display_name} at {selected.name}")
    if tokens.refresh_token is None:
        output.note(
            "the provider gave no refresh token: you will be asked again when this one ends"
        )
    return 0
