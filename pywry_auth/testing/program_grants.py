"""The grants of programs at the token endpoint, where no redirect comes before."""

from collections.abc import Iterator, Mapping

from pywry_auth.testing.assertion import LONGEST_LIFE, verified
from pywry_auth.testing.conduct import ClientAuthMethod, Reply
from pywry_auth.testing.grant import Grant
from pywry_auth.testing.minting import program_tokens
from pywry_auth.testing.part import GrantType, Handler, Memory, Part, error_reply, json_reply
from pywry_auth.testing.seen import SeenRequest


PASSWORD = "password"
CLIENT_CREDENTIALS = "client_credentials"
TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
TOKEN_TYPE = "urn:ietf:params:oauth:token-type:"

USUAL_SCOPE = "api"  # of a client that asks for none
_OF_A_SIGN_IN = ("code", "redirect_uri", "code_verifier", "state", "nonce", "refresh_token")


def _strange(memory: Memory, seen: SeenRequest, where: str, *wanted: str) -> bool:
    """Note what is missing from a grant, or belongs to another one."""
    form = seen.params
    problems = [f"{name} is missing or empty" for name in wanted if not form.get(name)]
    problems += [f"{name} was sent" for name in _OF_A_SIGN_IN if name in form]
    return bool(memory.note(where, problems))


def _given(
    memory: Memory,
    seen: SeenRequest,
    *,
    refreshes: bool = False,
    further: Mapping[str, object] | None = None,
) -> Reply:
    if memory.refuses:
        return error_reply("server_error", 500)  # a fixed reply goes out instead
    scope = seen.params.get("scope") or USUAL_SCOPE
    grant = Grant(scope=scope, auth_time=memory.now, params=seen.params, signs_in=False)
    return json_reply(program_tokens(memory, seen, grant, refreshes=refreshes, further=further))


def _by_password(memory: Memory, seen: SeenRequest) -> Reply:
    if _strange(memory, seen, "password_grant", "username", "password"):
        return error_reply("invalid_request")
    form, person = seen.params, memory.conduct.person
    if (form["username"], form["password"]) != (person.username, person.password):
        return error_reply("invalid_grant", description="wrong user name or password")
    code = form.get("totp", "")
    if person.totp and code not in person.totp:
        return error_reply("invalid_grant", description="the one-time code is missing or wrong")
    used = memory.fresh("the one-time code", code) if person.totp and not memory.refuses else []
    if memory.note("password_grant", used):
        return error_reply("invalid_grant", description="the one-time code was used before")
    return _given(memory, seen, refreshes=True)


def _by_client(memory: Memory, seen: SeenRequest) -> Reply:
    where = "client_credentials_grant"
    if _strange(memory, seen, where):
        return error_reply("invalid_request")
    public = memory.client.auth is ClientAuthMethod.NONE
    if memory.note(where, ["a public client asked in its own name"] if public else []):
        return error_reply("unauthorized_client")
    return _given(memory, seen)


def _by_token(memory: Memory, seen: SeenRequest) -> Reply:
    where = "token_exchange_grant"
    if _strange(memory, seen, where, "subject_token", "subject_token_type"):
        return error_reply("invalid_request")
    form = seen.params
    halved = ("actor_token" in form) != ("actor_token_type" in form)
    if memory.note(where, ["one of actor_token, actor_token_type is missing"] if halved else []):
        return error_reply("invalid_request")
    if not all(_is_known(memory, token, kind) for token, kind in _presented(form)):
        return error_reply(
            "invalid_request", description="a token is not valid, or of another kind"
        )
    kind = form.get("requested_token_type") or f"{TOKEN_TYPE}access_token"
    if kind != f"{TOKEN_TYPE}access_token":
        return error_reply("invalid_request", description="there are only access tokens here")
    return _given(memory, seen, further={"issued_token_type": kind})


def _presented(form: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for role in ("subject", "actor"):
        if f"{role}_token" in form:
            yield form[f"{role}_token"], form[f"{role}_token_type"]


def _is_known(memory: Memory, token: str, kind: str) -> bool:
    match kind.removeprefix(TOKEN_TYPE):
        case "access_token":
            return token in memory.access_tokens
        case "refresh_token":
            return token in memory.refresh_tokens
        case "id_token" | "jwt":
            return token.count(".") == 2 and token in memory.issued  # noqa: PLR2004 - a signed one
        case _:
            return False


def _by_assertion(memory: Memory, seen: SeenRequest) -> Reply:
    where = "jwt_bearer_grant"
    if _strange(memory, seen, where, "assertion"):
        return error_reply("invalid_request")
    found = verified(seen.params["assertion"])
    if found is None:
        return error_reply("invalid_grant", description="the assertion is not signed by the key")
    if found.aud not in {memory.url, f"{memory.url}/token"} or not found.iss or not found.sub:
        return error_reply("invalid_grant", description="the assertion is for another server")
    if not memory.now < found.exp <= memory.now + LONGEST_LIFE:
        return error_reply(
            "invalid_grant", description="the assertion has ended, or lives too long"
        )
    used = [] if memory.refuses else memory.fresh("the assertion", found.jti)
    if memory.note(where, used):
        return error_reply("invalid_grant", description="the assertion was used before")
    return _given(memory, seen)


def _of_programs(name: str, answer: Handler, *, nameless: bool = False) -> GrantType:
    return GrantType(name, answer, nameless, otherwise="token")


PROGRAMS = Part(
    grant_types={
        PASSWORD: _of_programs("password_grant", _by_password),
        CLIENT_CREDENTIALS: _of_programs("client_credentials_grant", _by_client),
        TOKEN_EXCHANGE: _of_programs("token_exchange_grant", _by_token, nameless=True),
        JWT_BEARER: _of_programs("jwt_bearer_grant", _by_assertion, nameless=True),
    }
)
