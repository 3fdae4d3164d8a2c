"""``pywry-auth whoami``: who is signed in, in the provider's words."""

from collections.abc import Mapping

from pywry_auth.cli.arguments import Arguments
from pywry_auth.cli.engine import completed, open_session, require_ours
from pywry_auth.cli.grants.grant_plan import account_for, plan_of
from pywry_auth.cli.output import Output, table
from pywry_auth.cli.selection import select_provider
from pywry_auth.cli.token import fresh_tokens
from pywry_auth.errors import ConfigError, TokenError, TokenExpiredError, TransportError
from pywry_auth.protocol.bound import is_bound
from pywry_auth.protocol.userinfo import subject_of
from pywry_auth.providers.proving import speaking_with
from pywry_auth.runtime import LOOP
from pywry_auth.session.manager import SessionManager
from pywry_auth.tokens import OAuthTokenSet


UNAUTHORIZED = 401


def whoami(args: Arguments, output: Output) -> int:
    """Ask userinfo, with a fresh token."""
    selected = select_provider(args, output)
    plan = plan_of(selected)
    if plan is not None and plan.kind == "client_credentials":
        raise ConfigError(
            f"the tokens of {selected.name} are a program's own, so nobody is signed in with them",
            hint=f"run pywry-auth status {selected.name}",
        )
    account = account_for(selected, args.account)
    tokens = fresh_tokens(selected, account, output)
    session = open_session(completed(selected, tokens), account, output)
    require_ours(session.provider, tokens, selected)
    found = LOOP.run(_ask(session, tokens))
    # A grant's account is called by what was typed, which need not be what the provider calls it.
    if found and plan is None and subject_of("", found) != account.subject:
        raise TokenError("the provider speaks of somebody else than who signed in", selected.name)
    if not found:
        output.note(f"note: {selected.name} has no userinfo; this is what the sign-in said")
    facts = {
        "provider": selected.name,
        "account": account.subject,
        "label": account.label,
        "userinfo": found,
    }
    heading = f"{account.display_name} at {selected.name}"
    output.data(facts, "\n".join((heading, _lines({"sub": account.subject, **found}))))
    return 0


def _lines(members: Mapping[str, object]) -> str:
    said = {name: value for name, value in members.items() if isinstance(value, str | int)}
    return table([(f"  {name}", _word(value)) for name, value in said.items() if value != ""])


def _word(value: str | int) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


async def _ask(session: SessionManager, tokens: OAuthTokenSet) -> dict[str, object]:
    import httpx

    provider = session.provider
    key = await session.stored_dpop_key() if is_bound(tokens) else None
    try:
        async with provider:
            with speaking_with(key):
                return await provider.get_userinfo(tokens.access_token)
    except httpx.HTTPStatusError as exc:
        status = exc.response.status_code
        if status == UNAUTHORIZED:
            raise TokenExpiredError(
                "the provider does not accept the token any more", provider.name
            ) from None
        raise TransportError(f"userinfo answered with status {status}") from None
