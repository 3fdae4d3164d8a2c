"""``pywry-auth logout``: tokens are revoked, then forgotten."""

from pywry_auth.account_index import Account
from pywry_auth.cli.arguments import Arguments
from pywry_auth.cli.engine import make_provider
from pywry_auth.cli.output import Output
from pywry_auth.cli.selection import (
    Selected,
    account_index,
    select_account,
    select_provider,
    token_store,
)
from pywry_auth.errors import AuthError, ConfigError, CredentialMissingError
from pywry_auth.runtime import LOOP
from pywry_auth.session.events import SessionEvent, SessionEventName
from pywry_auth.session.manager import SessionManager


def logout(args: Arguments, output: Output) -> int:
    """Sign out one account, or all."""
    if not args.all:
        selected = select_provider(args)
        output_of = [_sign_out(selected, select_account(selected, args.account), args, output)]
    else:
        accounts = account_index().accounts()
        if not accounts:
            raise CredentialMissingError("nobody is signed in", hint="there is nothing to do")
        output_of = [_sign_out_named(account, args, output) for account in accounts]
    lines = [f"signed out {fact['account']} at {fact['provider']}" for fact in output_of]
    output.data({"signed_out": output_of}, "\n".join(lines))
    return 0


def _sign_out_named(account: Account, args: Arguments, output: Output) -> dict[str, object]:
    try:
        selected = select_provider(Arguments(provider=account.provider, config=args.config))
    except (ConfigError, AuthError):
        selected = Selected(account.provider, {}, is_named=True)
    return _sign_out(selected, account, args, output)


def _sign_out(
    selected: Selected, account: Account, args: Arguments, output: Output
) -> dict[str, object]:
    revoked: bool | None = None
    try:
        provider = make_provider(selected)
    except ConfigError as exc:
        # Whatever became of the configuration, what is kept here can always be forgotten.
        output.note(f"not revoked at {selected.name}: {exc}")
        token_store().slot(account.key).clear()
    else:
        events: list[SessionEvent] = []
        session = SessionManager(
            provider, token_store(), session_key=account.key, on_event=events.append
        )
        LOOP.run(_leave(session, revoke=not args.no_revoke))
        ended = [event for event in events if event.name is SessionEventName.LOGGED_OUT]
        revoked = ended[-1].revoked if ended else None
        if revoked is False:
            output.note(f"{selected.name} did not confirm that the tokens are revoked")
    account_index().forget(account)
    return {"provider": selected.name, "account": account.subject, "revoked": revoked}


async def _leave(session: SessionManager, *, revoke: bool) -> None:
    try:
        if revoke:
            await session.provider.prepare()
    except AuthError:
        revoke = False  # offline: forgotten here all the same
    await session.logout(revoke=revoke)
    await session.provider.close()
