"""``pywry-auth whoami``: who is signed in, in the provider's words."""

from collections.abc import Mapping

from pywry_auth.cli.arguments import Arguments
from pywry_auth.cli.engine import completed, make_provider, require_ours
from pywry_auth.cli.output import Output, table
from pywry_auth.cli.selection import select_account, select_provider
from pywry_auth.cli.token import fresh_tokens
from pywry_auth.errors import TokenError, TokenExpiredError, TransportError
from pywry_auth.protocol.userinfo import subject_of
from pywry_auth.providers.base import OAuthProvider
from pywry_auth.runtime import LOOP


UNAUTHORIZED = 401


def whoami(args: Arguments, output: Output) -> int:
    """Ask userinfo, with a fresh token."""
    selected = select_provider(args, output)
    account = select_account(selected, args.account)
    tokens = fresh_tokens(selected, account, output)
    provider = make_provider(completed(selected, tokens))
    require_ours(provider, tokens, selected)
    found = LOOP.run(_ask(provider, tokens.access_token))
    if found and subject_of("", found) != account.subject:
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


async def _ask(provider: OAuthProvider, access_token: str) -> dict[str, object]:
    import httpx

    try:
        async with provider:
            return await provider.get_userinfo(access_token)
    except httpx.HTTPStatusError as exc:
        status = exc.response.status_code
        if status == UNAUTHORIZED:
            raise TokenExpiredError(
                "the provider does not accept the token any more", provider.name
            ) from None
        raise TransportError(f"userinfo answered with status {status}") from None
