"""``docker-credential-pywry-auth``: what docker asks a credential helper."""

import json

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pywry_auth.cli.arguments import Arguments
from pywry_auth.cli.credential.choosing import (
    Chosen,
    chosen_for,
    presentable_tokens,
    providers_with_hosts,
    standard_input,
)
from pywry_auth.cli.credential.refused import renew_next_time
from pywry_auth.cli.grants.grant_plan import account_for
from pywry_auth.cli.output import Output, one_line
from pywry_auth.errors import AuthError, CredentialMissingError, TokenExpiredError


HOSTS, USERNAME = "docker_hosts", "docker_username"
DEFAULT_USERNAME = "oauth2"
#: what docker takes for "go on without"; every other text is an error it shows
NOT_FOUND = "credentials not found in native keychain"
NO_SERVER, NO_USERNAME = "no credentials server URL", "no credentials username"
FAILED = 1


class Refused(Exception):
    """Ends with the text that docker is to read."""


class Credentials(BaseModel):
    """What docker wants to be kept."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    server: str = Field("", alias="ServerURL")
    username: str = Field("", alias="Username")


def docker(args: Arguments, output: Output) -> int:
    """Answer one question of docker, which reads errors on standard output."""
    try:
        answer = _answered(args, output)
    except Refused as exc:
        output.data({}, str(exc))
        return FAILED
    except (CredentialMissingError, TokenExpiredError) as exc:
        output.problem(exc.code, exc.message, exc.hint or "run pywry-auth login")
        output.data({}, NOT_FOUND)
        return FAILED
    except AuthError as exc:
        output.data({}, one_line(": ".join(filter(None, (exc.message, exc.hint)))))
        return FAILED
    output.data({}, answer)
    return 0


def _answered(args: Arguments, output: Output) -> str:
    match args.operation:
        case "get":
            return _got(args, output)
        case "store":
            return _stored(args)
        case "erase":
            return _erased(args, output)
        case "list":
            return _listed(args, output)
        case "version":
            from pywry_auth import __version__

            return f"docker-credential-pywry-auth (pywry-auth) {__version__}"
        case _:
            raise Refused("docker may ask for get, store, erase, list, version")


def _got(args: Arguments, output: Output) -> str:
    server, chosen = _chosen(args)
    selected = chosen.selected(args, output)
    account = account_for(selected, args.account)
    tokens = presentable_tokens(selected, account, output)
    username = chosen.word(USERNAME, DEFAULT_USERNAME)
    found = {"ServerURL": server, "Username": username, "Secret": tokens.access_token}
    return json.dumps(found)


def _stored(args: Arguments) -> str:
    """Strictly private: after a sign-in with what we gave, docker gives it back."""
    try:
        given = Credentials.model_validate_json(standard_input())
    except ValidationError:
        raise Refused("what docker wants to be stored is no JSON of its kind") from None
    if not given.server:
        raise Refused(NO_SERVER)
    if not given.username:
        raise Refused(NO_USERNAME)
    chosen = chosen_for(args, HOSTS, _without_path(given.server))
    if chosen is not None and given.username == chosen.word(USERNAME, DEFAULT_USERNAME):
        return ""
    raise Refused(
        "pywry-auth keeps no passwords for docker, only sign-ins: "
        "run pywry-auth login, or name another helper for this registry in credHelpers"
    )


def _erased(args: Arguments, output: Output) -> str:
    _, chosen = _chosen(args)
    selected = chosen.selected(args, output)
    account = account_for(selected, args.account)
    renew_next_time(selected, account, None, output)
    output.note(
        f"note: {account.display_name} is still signed in at {selected.name}; "
        f"pywry-auth logout {selected.name} ends that"
    )
    return ""


def _listed(args: Arguments, output: Output) -> str:
    return json.dumps(
        {
            host: chosen.word(USERNAME, DEFAULT_USERNAME)
            for chosen in providers_with_hosts(args, HOSTS)
            if _can_give(chosen, args, output)
            for host in chosen.hosts
        }
    )


def _can_give(chosen: Chosen, args: Arguments, output: Output) -> bool:
    try:
        account_for(chosen.selected(args, output), args.account)
    except CredentialMissingError:
        return False
    return True


def _chosen(args: Arguments) -> tuple[str, Chosen]:
    server = standard_input().strip()
    if not server:
        raise Refused(NO_SERVER)
    chosen = chosen_for(args, HOSTS, _without_path(server))
    if chosen is None:
        raise Refused(NOT_FOUND)
    return server, chosen


def _without_path(server: str) -> str:
    scheme, separator, rest = server.rpartition("://")
    return f"{scheme}{separator}{rest.partition('/')[0]}"
