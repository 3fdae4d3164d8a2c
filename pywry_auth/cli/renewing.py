"""Tokens that are about to end, renewed once."""

import time

from pywry_auth.account_index import Account
from pywry_auth.cli.engine import completed, open_session
from pywry_auth.cli.output import Output
from pywry_auth.cli.selection import Selected, login_line, token_store
from pywry_auth.errors import ConfigError, TokenExpiredError, TokenRefreshError
from pywry_auth.protocol.renewal import BUFFER, is_due
from pywry_auth.runtime import LOOP
from pywry_auth.session.manager import SessionManager
from pywry_auth.tokens import OAuthTokenSet


def renewed(
    selected: Selected, account: Account, stored: OAuthTokenSet, output: Output
) -> OAuthTokenSet:
    """
    Renew *stored*, unless another process has done so meanwhile.

    A token that is still good is handed out where the renewal fails.

    Raises:
        TokenError: it ended, and could not be renewed.
        ConfigError: nobody knows the provider any more.
    """
    hint = f"run {login_line(selected)}"
    try:
        access_token = LOOP.run(_renew(open_session(completed(selected, stored), account, output)))
    except TokenExpiredError as exc:
        if stored.access_valid():
            return stored
        exc.hint = hint
        raise
    except (TokenRefreshError, ConfigError) as exc:
        if not stored.access_valid():
            raise
        output.note(f"note: not renewed: {exc}")
        return stored
    found = token_store(output).slot(account.key).load()
    if found is not None and found.access_token == access_token:
        return found
    # It could not be kept, which was told already; when it ends is not known any more.
    return OAuthTokenSet(access_token, stored.token_type, scope=stored.scope, origin=stored.origin)


async def _renew(session: SessionManager) -> str:
    async with session.provider:
        access_token = await session.get_access_token()  # renews only where no other process has
        held = session.tokens
        if held is None or not is_due(held, now=time.time(), buffer=BUFFER):
            return access_token
        # It is renewed behind: this process must not end before that, nor close the connection.
        return (await session.refresh()).access_token
