"""``pywry-auth credential git``: what git asks a credential helper (gitcredentials(7))."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pywry_auth.cli.arguments import Arguments
from pywry_auth.cli.credential.choosing import (
    Chosen,
    chosen_for,
    presentable_tokens,
    standard_input,
)
from pywry_auth.cli.credential.refused import renew_next_time
from pywry_auth.cli.grants.grant_plan import account_for
from pywry_auth.cli.output import Output
from pywry_auth.cli.selection import Selected, account_index, is_meant
from pywry_auth.errors import CredentialMissingError
from pywry_auth.tokens import OAuthTokenSet


HOSTS, USERNAME = "git_hosts", "git_username"
DEFAULT_USERNAME = "oauth2"  # what most servers want beside a token; the others take any name


@dataclass(frozen=True, slots=True)
class Request:
    """
    What git says of a credential.

    Attributes:
        members: names and values; the last of each name.
        lists: values of the names that end in ``[]``.
    """

    members: dict[str, str] = field(repr=False)
    lists: dict[str, list[str]] = field(repr=False)

    @property
    def server(self) -> str:
        """The address, without a path; "" where git did not say all of it."""
        protocol, host = self.members.get("protocol", ""), self.members.get("host", "")
        return f"{protocol}://{host}" if protocol and host else ""

    @property
    def username(self) -> str:
        """The name in the address, or ""."""
        return self.members.get("username", "")

    @property
    def secret(self) -> str | None:
        """What was shown to the server, where git says it."""
        return self.members.get("credential") or self.members.get("password")

    @property
    def wants_bearer(self) -> bool:
        """Whether git can send a header of ours, and the server asked for this one."""
        schemes = {
            words[0].casefold() for text in self.lists.get("wwwauth", []) if (words := text.split())
        }
        return "authtype" in self.lists.get("capability", []) and "bearer" in schemes


def git(args: Arguments, output: Output) -> int:
    """Answer one question of git; where we have no answer git goes on to the next helper."""
    if args.operation not in {"get", "erase"}:
        return 0  # "store": it is stored; and what newer releases of git may ask is ignored
    request = read_request(standard_input())
    chosen = chosen_for(args, HOSTS, request.server) if request.server else None
    if chosen is None:
        return 0
    args = _with_account(args, chosen, request)
    if request.username and args.account is None and not _is_ours(chosen, request):
        return 0  # another person's name stands in the address
    selected = chosen.selected(args, output)
    if args.operation == "erase":
        _erase(selected, args, request, output)
        return 0
    account = account_for(selected, args.account)
    tokens = presentable_tokens(selected, account, output)
    output.data({}, "\n".join(answer(request, chosen, tokens)))
    return 0


def _erase(selected: Selected, args: Arguments, request: Request, output: Output) -> None:
    try:
        account = account_for(selected, args.account)
    except CredentialMissingError:
        return  # nobody is signed in, so there is nothing to renew
    renew_next_time(selected, account, request.secret, output)


def answer(request: Request, chosen: Chosen, tokens: OAuthTokenSet) -> Sequence[str]:
    """Give the lines that git reads."""
    if request.wants_bearer:
        lines = ["capability[]=authtype", "authtype=Bearer", f"credential={tokens.access_token}"]
    else:
        username = request.username or chosen.word(USERNAME, DEFAULT_USERNAME)
        lines = [f"username={username}", f"password={tokens.access_token}"]
    if tokens.expires_at is not None:
        lines.append(f"password_expiry_utc={int(tokens.expires_at)}")
    return lines


def read_request(text: str) -> Request:
    """Read ``name=value`` lines up to an empty one; what is none is left out."""
    members: dict[str, str] = {}
    lists: dict[str, list[str]] = {}
    for line in text.split("\n"):
        if not line:
            break
        name, separator, value = line.partition("=")
        if not separator:
            continue
        if name.endswith("[]"):
            lists.setdefault(name.removesuffix("[]"), []).append(value)
        else:
            members[name] = value
    return Request(members, lists)


def _with_account(args: Arguments, chosen: Chosen, request: Request) -> Arguments:
    if args.account is not None or not request.username:
        return args
    known = account_index().accounts(chosen.name)
    meant = [one for one in known if is_meant(one, request.username)]
    return replace(args, account=meant[0].subject) if meant else args


def _is_ours(chosen: Chosen, request: Request) -> bool:
    return request.username == chosen.word(USERNAME, DEFAULT_USERNAME)
