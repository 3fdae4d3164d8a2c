"""``pywry-auth logout``: tokens are revoked, then forgotten."""

from pywry_auth.account_index import Account
from pywry_auth.cli.arguments import Arguments
from pywry_auth.cli.engine import completed, make_provider, require_ours
from pywry_auth.cli.output import Output, one_line
from pywry_auth.cli.selection import (
    Selected,
    account_index,
    is_meant,
    select_account,
    select_provider,
    token_store,
)
from pywry_auth.errors import (
    AuthError,
    ConfigError,
    CredentialMissingError,
    ProviderNotFoundError,
)
from pywry_auth.lock import record_lock
from pywry_auth.providers.base import OAuthProvider
from pywry_auth.runtime import LOOP
from pywry_auth.session.events import SessionEvent, SessionEventName
from pywry_auth.session.manager import SessionManager
from pywry_auth.token_store.base import key_entry


def logout(args: Arguments, output: Output) -> int:
    """Sign out one account, or all."""
    ended = [
        _sign_out(selected, account, args, output) for selected, account in _meant(args, output)
    ]
    lines = [one_line(f"signed out {_name(one)} at {one['provider']}") for one in ended]
    output.data({"signed_out": ended}, "\n".join(lines))
    for name in dict.fromkeys(str(one["provider"]) for one in ended):
        others = [account.display_name for account in account_index().accounts(name)]
        if others:
            output.note(f"note: still signed in at {name}: {', '.join(others)}")
    return 0


def _name(ended: dict[str, object]) -> object:
    return ended["label"] or ended["account"]


def _meant(args: Arguments, output: Output) -> list[tuple[Selected, Account]]:
    if not args.all:
        selected = select_provider(args, output)
        return [(selected, select_account(selected, args.account))]
    accounts = account_index().accounts(args.named)
    found = [account for account in accounts if is_meant(account, args.account)]
    if not found:
        where = f" at {args.named}" if args.named else ""
        raise CredentialMissingError(f"nobody is signed in{where}", hint="there is nothing to do")
    return [(_selected(account, args, output), account) for account in found]


def _selected(account: Account, args: Arguments, output: Output) -> Selected:
    return select_provider(Arguments(provider=account.provider, config=args.config), output)


def _sign_out(
    selected: Selected, account: Account, args: Arguments, output: Output
) -> dict[str, object]:
    revoked, there = _end_session(selected, account, args, output)
    account_index().forget(account)
    return {
        "provider": selected.name,
        "account": account.subject,
        "label": account.label,
        "revoked": revoked,
        "sign_out_page": there,
    }


def _end_session(
    selected: Selected, account: Account, args: Arguments, output: Output
) -> tuple[bool | None, str | None]:
    """
    Strictly private: whether the provider said that the tokens are revoked; how its page ended.

    Each is None where nobody asked for it.
    """
    try:
        stored = token_store(output).slot(account.key).load()
        known = completed(selected, stored) if stored else selected
        provider = make_provider(known)
        if stored is not None:
            require_ours(provider, stored, selected)
    except (ConfigError, CredentialMissingError, ProviderNotFoundError) as exc:
        # Whatever became of the configuration, what is kept here can always be forgotten.
        if not args.no_revoke:
            output.note(f"note: not revoked: {exc}")
        store = token_store(output)
        with record_lock(store.identity, account.key):
            store.slot(account.key).clear()
            store.slot(key_entry(account.key)).clear()
        return None, None
    return _leave(known, provider, account, args, output)


def _leave(
    selected: Selected,
    provider: OAuthProvider,
    account: Account,
    args: Arguments,
    output: Output,
) -> tuple[bool | None, str | None]:
    events: list[SessionEvent] = []
    session = SessionManager(
        provider, token_store(output), session_key=account.key, on_event=events.append
    )

    def ended() -> list[SessionEvent]:
        return [one for one in events if one.name is SessionEventName.LOGGED_OUT]

    unreachable, there = "", None
    if args.everywhere:
        from pywry_auth.cli.everywhere import sign_out_everywhere

        there = sign_out_everywhere(
            selected, session, args, output, is_over=lambda: bool(ended())
        ).state
    else:
        unreachable = LOOP.run(_log_out(session, revoke=not args.no_revoke))
    answers = ended()
    revoked = False if unreachable else (answers[-1].revoked if answers else None)
    if revoked is False:
        why = f": {unreachable}" if unreachable else ""
        output.note(f"note: {provider.name} did not confirm that the tokens are revoked{why}")
    return revoked, there


async def _log_out(session: SessionManager, *, revoke: bool) -> str:
    unreachable = ""
    async with session.provider:
        try:
            if revoke:
                await session.provider.prepare()
        except AuthError as exc:
            unreachable = str(exc)  # offline: forgotten here all the same
        await session.logout(revoke=revoke and not unreachable)
    return unreachable
