"""``pywry-auth login``: a person signs in, the keyring keeps the tokens."""

import time
from collections.abc import Mapping
from typing import Protocol

from pywry_auth.account_index import Account, AccountIndex
from pywry_auth.account_store import NamedStore, account_of
from pywry_auth.cli.arguments import Arguments
from pywry_auth.cli.engine import make_provider, of_another_provider
from pywry_auth.cli.grants.grant_plan import DEVICE, account_for, plan_of, text_of
from pywry_auth.cli.grants.typed_settings import require_possible
from pywry_auth.cli.login_words import new_table, remark, tell, written
from pywry_auth.cli.output import Output, one_line
from pywry_auth.cli.selection import (
    Selected,
    account_index,
    is_meant,
    select_provider,
    token_store,
)
from pywry_auth.cli.token import fresh_tokens
from pywry_auth.errors import (
    AuthenticationError,
    CredentialMissingError,
    TokenExpiredError,
)
from pywry_auth.flow.values import AuthFlowResult
from pywry_auth.providers.base import OAuthProvider
from pywry_auth.runtime import LOOP
from pywry_auth.token_store.base import TokenStore
from pywry_auth.tokens import OAuthTokenSet


class Way(Protocol):
    """One way to sign in."""

    @property
    def window(self) -> str:
        """Where the person signed in, in one word."""
        ...

    def sign_in(self) -> AuthFlowResult:
        """Sign in, and tell the person meanwhile what to do."""
        ...

    def farewell(self) -> None:
        """Wait until nothing is left to be shown."""
        ...


def login(args: Arguments, output: Output) -> int:
    """Sign in, unless somebody is signed in and that is enough."""
    selected = select_provider(args, output)
    require_possible(selected, args)
    known = _known(selected, args, output) if args.if_needed else None
    if known is not None:
        return tell(selected, *known, output, window=None)
    plan = plan_of(selected)
    if plan is None:
        return _by_page(selected, args, output)
    from pywry_auth.cli.grants.grant_login import grant_login

    return grant_login(selected, plan, args, output)


def _by_page(selected: Selected, args: Arguments, output: Output) -> int:
    # Whatever can be found out to be wrong is found out before a person types a password.
    table = new_table(selected, args)
    provider = make_provider(selected, suggested=_suggested(selected, args.account))
    store, index = token_store(output), account_index()
    _require_room(store, index, selected, provider)
    way = _way(selected, args, output, provider, NamedStore(store, index, selected.name))
    result = _sign_in(way, provider)
    account, tokens = _remembered(result, selected, index)
    written(table, output)
    code = tell(selected, account, tokens, output, window=way.window)
    remark(selected, account, tokens, args, output)
    if result.scopes.denied:
        denied = one_line(" ".join(result.scopes.denied))
        output.note(f"note: asked for, but not granted: {denied}")
    way.farewell()
    return code


def _known(
    selected: Selected, args: Arguments, output: Output
) -> tuple[Account, OAuthTokenSet] | None:
    try:
        account = account_for(selected, args.account)
        return account, fresh_tokens(selected, account, output)
    except (CredentialMissingError, TokenExpiredError):
        return None


def _suggested(selected: Selected, who: str | None) -> dict[str, str]:
    """Strictly private: tell an OpenID provider whom to ask for (OIDC Core 3.1.2.1)."""
    if not who:
        return {}
    known = [a for a in account_index().accounts(selected.name) if is_meant(a, who)]
    return {"login_hint": known[0].display_name if known else who}


def _require_room(
    store: TokenStore, index: AccountIndex, selected: Selected, provider: OAuthProvider
) -> None:
    """
    Make sure that the sign-in can be kept.

    Raises:
        StoreError: the keyring is locked, or there is none.
        CredentialMissingError: another provider's sign-in is kept under the same name.
    """
    mine = provider.origin()
    accounts = index.accounts(selected.name)
    if not accounts:
        store.slot(f"{selected.name}/").load()
    for account in accounts:
        tokens = store.slot(account.key).load()
        origin = tokens.origin if tokens else None
        if origin and (origin.issuer, origin.client_id) != (mine.issuer, mine.client_id):
            raise of_another_provider(selected)


def _way(
    selected: Selected,
    args: Arguments,
    output: Output,
    provider: OAuthProvider,
    store: TokenStore,
) -> Way:
    if args.device or text_of(selected, "grant") == DEVICE:
        from pywry_auth.cli.device import OnAnotherDevice as Chosen
    else:
        from pywry_auth.cli.in_window import InWindow as Chosen
    return Chosen(selected, args, output, provider, store)


def _sign_in(way: Way, provider: OAuthProvider) -> AuthFlowResult:
    try:
        return way.sign_in()
    finally:
        LOOP.run(provider.close())


def _remembered(
    result: AuthFlowResult, selected: Selected, index: AccountIndex
) -> tuple[Account, OAuthTokenSet]:
    tokens = result.tokens
    if tokens is None:
        raise AuthenticationError("the provider gave no tokens", selected.name)
    label = _label(result.user_info or {})
    account = account_of(selected.name, tokens, label=label, at=time.time())
    index.remember(account)
    return account, tokens


def _label(user_info: Mapping[str, object]) -> str:
    for name in ("email", "preferred_username", "login", "name"):
        value = user_info.get(name)
        if isinstance(value, str) and value:
            return value
    return ""
