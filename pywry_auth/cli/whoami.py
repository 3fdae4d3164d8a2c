"""``pywry-auth whoami``: who is signed in, in the provider's words."""

from pywry_auth.cli.arguments import Arguments
from pywry_auth.cli.engine import make_provider
from pywry_auth.cli.output import Output
from pywry_auth.cli.selection import select_account, select_provider
from pywry_auth.cli.token import fresh_tokens
from pywry_auth.errors import TokenExpiredError, TransportError
from pywry_auth.providers.base import OAuthProvider
from pywry_auth.runtime import LOOP


UNAUTHORIZED = 401
_SHOWN = ("name", "preferred_username", "login", "email")


def whoami(args: Arguments, output: Output) -> int:
    """Ask userinfo, with a fresh token."""
    selected = select_provider(args)
    account = select_account(selected, args.account)
    tokens = fresh_tokens(selected, account)
    found = LOOP.run(_ask(make_provider(selected), tokens.access_token))
    facts = {"provider": selected.name, "account": account.subject, "userinfo": found}
    names = [str(found[name]) for name in _SHOWN if found.get(name)]
    output.data(facts, " ".join([account.subject, *_once(names)]))
    return 0


async def _ask(provider: OAuthProvider, access_token: str) -> dict[str, object]:
    import httpx

    try:
        async with provider:
            await provider.prepare()
            return await provider.get_userinfo(access_token)
    except httpx.HTTPStatusError as exc:
        status = exc.response.status_code
        if status == UNAUTHORIZED:
            raise TokenExpiredError(
                "the provider does not accept the token any more",
                provider.name,
                hint=f"run pywry-auth login {provider.name}",
            ) from None
        raise TransportError(f"userinfo answered with status {status}") from None


def _once(words: list[str]) -> list[str]:
    return list(dict.fromkeys(words))
