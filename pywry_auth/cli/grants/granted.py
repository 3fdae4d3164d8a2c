"""Tokens of a grant without a window: begun, kept, renewed."""

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import replace

from pywry_auth.account_index import Account
from pywry_auth.cli.engine import make_provider, of_another_provider
from pywry_auth.cli.grants.grant_making import GrantMaker
from pywry_auth.cli.grants.grant_plan import GrantPlan, renews_alone
from pywry_auth.cli.output import Output
from pywry_auth.cli.selection import Selected, account_index, login_line, token_store
from pywry_auth.errors import ReauthRequiredError, StoreError, TransportError
from pywry_auth.grants.events import TokenEvent, TokenEventName
from pywry_auth.grants.grant import TokenGrant
from pywry_auth.grants.manager import TokenManager
from pywry_auth.http import blocking_client
from pywry_auth.lock import record_lock
from pywry_auth.protocol.renewal import BUFFER
from pywry_auth.providers.base import OAuthProvider
from pywry_auth.runtime import LOOP
from pywry_auth.token_store.slot import MemoryTokenSlot, TokenSlot
from pywry_auth.tokens import OAuthTokenSet, TokenOrigin


def granted(
    selected: Selected,
    plan: GrantPlan,
    account: Account,
    stored: OAuthTokenSet | None,
    output: Output,
) -> OAuthTokenSet:
    """
    Give tokens with some life left: those that are kept, renewed ones, or those of a new grant.

    Args:
        selected: the provider.
        plan: how its tokens are got.
        account: whose.
        stored: what is kept, as far as anybody looked.
        output: told when what came cannot be kept.

    Raises:
        ReauthRequiredError: a person must sign in.
        TokenError: they ended, and could not be renewed.
        CredentialMissingError: what is kept was got elsewhere.
    """
    try:
        provider = prepared(selected)
    except TransportError:
        if stored is not None and stored.access_valid():
            return stored
        raise
    require_same(provider, stored.origin if stored else None, selected)
    maker = GrantMaker(selected, provider)
    alone = renews_alone(selected, account, at_first=stored is None)
    grant = maker.grant(plan.kind) if alone else maker.signed_in_before(account.subject)
    tokens = _fresh(selected, provider, grant, account, output)
    _remember(account)
    return tokens


def granted_once(selected: Selected, plan: GrantPlan) -> OAuthTokenSet:
    """
    Make the grant, whatever is kept, and keep nothing; no keyring is asked.

    Raises:
        TokenError: the provider refused, or could not be reached.
        ConfigError: something the grant needs is missing.
    """
    found_wrong(selected, plan)
    provider = prepared(selected)
    return begun(provider, GrantMaker(selected, provider).grant(plan.kind))


def found_wrong(selected: Selected, plan: GrantPlan) -> None:
    """
    Say what is wrong with the settings before anything is sent, or any keyring asked.

    Raises:
        AuthError: something the grant needs is missing, or cannot be used.
    """
    GrantMaker(selected, make_provider(selected)).grant(plan.kind)


def begun(provider: OAuthProvider, grant: TokenGrant) -> OAuthTokenSet:
    """
    Make the whole grant; what is kept of anybody is left alone.

    Raises:
        TokenError: the provider refused, or could not be reached.
    """
    scratch = MemoryTokenSlot()
    with _manager(provider, grant, scratch, "scratch") as manager:
        manager.authorization_header()
    tokens = scratch.load()
    if tokens is None:
        raise StoreError("the tokens were lost on their way")
    return tokens


def keep(account: Account, tokens: OAuthTokenSet, output: Output) -> None:
    """
    Put *tokens* in the place of what was kept of *account*.

    Raises:
        StoreError: they could not be kept; then nothing changed.
    """
    store = token_store(output)
    is_new = account.key not in {one.key for one in account_index().accounts()}
    with record_lock(store.identity, account.key):
        store.slot(account.key).save(tokens)
    try:
        account_index().remember(account)
    except StoreError:
        if is_new:  # nobody would ever find it
            store.slot(account.key).clear()
        raise


def prepared(selected: Selected) -> OAuthProvider:
    """
    Give the provider, with its endpoints found.

    Raises:
        ConfigError: the settings do not describe one.
        DiscoveryError: its endpoints cannot be found out.
    """
    provider = make_provider(selected)
    LOOP.run(_prepare(provider))
    return provider


def require_same(provider: OAuthProvider, stored: TokenOrigin | None, selected: Selected) -> None:
    """
    Keep one provider's record from being used or replaced by another's.

    Raises:
        CredentialMissingError: *stored* comes from elsewhere.
    """
    mine = provider.origin()
    if stored is not None and (stored.issuer, stored.client_id) != (mine.issuer, mine.client_id):
        raise of_another_provider(selected)


def _fresh(
    selected: Selected,
    provider: OAuthProvider,
    grant: TokenGrant,
    account: Account,
    output: Output,
) -> OAuthTokenSet:
    def heard(event: TokenEvent) -> None:
        if event.name is TokenEventName.SAVE_FAILED:
            output.note(f"note: the renewed tokens could not be kept ({event.reason})")

    slot = token_store(output).slot(account.key)
    with _manager(provider, grant, slot, account.key, heard) as manager:
        try:
            manager.authorization_header()
        except ReauthRequiredError as exc:
            exc.hint = f"run {login_line(selected)}"
            raise
        tokens = manager.tokens
    if tokens is None:
        raise StoreError("the tokens were lost on their way")
    return tokens


@contextmanager
def _manager(
    provider: OAuthProvider,
    grant: TokenGrant,
    slot: TokenSlot,
    key: str,
    on_event: Callable[[TokenEvent], None] | None = None,
) -> Generator[TokenManager]:
    http = blocking_client(provider.token_url)
    try:
        yield TokenManager(
            grant,
            http=http,
            token_url=provider.token_url,
            store=slot,
            key=key,
            expiry_skew=BUFFER,
            issuer=provider.origin().issuer,
            on_event=on_event,
        )
    except KeyboardInterrupt:
        # A renewal that is under way ends before this process does: the provider may have taken
        # the old refresh token already, so that the answer must still be read.
        raise
    except BaseException:
        http.close()
        raise
    http.close()


def _remember(account: Account) -> None:
    """Strictly private: somebody nobody had to sign in is put on the list, so as to be ended."""
    if account.key not in {one.key for one in account_index().accounts(account.provider)}:
        account_index().remember(replace(account, signed_in_at=time.time()))


async def _prepare(provider: OAuthProvider) -> None:
    async with provider:
        await provider.prepare()
