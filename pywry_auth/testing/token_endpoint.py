"""The token endpoint, with the grant types of a sign-in in a window."""

from collections.abc import Mapping

from pywry_auth.testing import checks
from pywry_auth.testing.assertion import assertion_id
from pywry_auth.testing.conduct import ClientAuthMethod, RefreshPolicy, Reply, Rotation
from pywry_auth.testing.grant import Grant
from pywry_auth.testing.minting import first_tokens, renewed_tokens
from pywry_auth.testing.part import Announced, GrantType, Memory, Part, error_reply, json_reply
from pywry_auth.testing.seen import SeenRequest


def client_problems(memory: Memory, seen: SeenRequest) -> list[str]:
    """Name what is wrong with form and client of a request to any endpoint of the client's own."""
    client = memory.client
    problems = checks.form_problems(seen)
    problems += checks.client_auth_problems(seen, client, memory.url, now=memory.now)
    form = dict(seen.form)
    used = assertion_id(form) if "client_assertion" in form else None
    return problems + memory.fresh("jti", used)


def grant_type_of(memory: Memory, seen: SeenRequest) -> GrantType | None:
    """Give what answers *seen*, when any part knows its ``grant_type``."""
    asked = seen.params.get("grant_type", "")
    for part in memory.parts:
        if asked in part.grant_types:
            return part.grant_types[asked]
    return None


def _token(memory: Memory, seen: SeenRequest) -> Reply:
    grant_type = grant_type_of(memory, seen)
    if memory.note("token", _asker_problems(memory, seen, grant_type)):
        return error_reply("invalid_client", 401)
    for part in memory.parts:
        refusal = part.guards_token(memory, seen)
        if refusal is not None:
            return refusal
    if grant_type is None:
        memory.note("token", ["unknown grant_type"])
        return error_reply("unsupported_grant_type")
    return grant_type.answer(memory, seen)


def _asker_problems(memory: Memory, seen: SeenRequest, grant_type: GrantType | None) -> list[str]:
    public = memory.client.auth is ClientAuthMethod.NONE
    says_nothing = "client_id" not in seen.params and not seen.header("authorization")
    if grant_type is not None and grant_type.nameless and public and says_nothing:
        return checks.form_problems(seen)
    return client_problems(memory, seen)


def _redeem(memory: Memory, seen: SeenRequest) -> Reply:
    form = dict(seen.form)
    grant = memory.codes.get(form.get("code", ""))
    if grant is None:
        memory.note("token", ["unknown code"])
        return error_reply("invalid_grant")
    verifier = form.get("code_verifier", "")
    problems = checks.code_problems(seen, grant)
    if not memory.refuses:
        problems += memory.fresh("the verifier", verifier)
    if memory.note("token", problems):
        return error_reply("invalid_grant")
    if memory.refuses:
        return error_reply("server_error", 500)  # a fixed reply goes out instead
    grant.spent = True
    if memory.conduct.keys.rotation is Rotation.BEFORE_SIGNING:
        memory.shelf.rotate()
    return json_reply(first_tokens(memory, seen, grant))


def _renew(memory: Memory, seen: SeenRequest) -> Reply:
    form = dict(seen.form)
    grant = memory.refresh_tokens.get(form.get("refresh_token", ""))
    asked = set(form.get("scope", "").split())
    problems = ["unknown refresh token"] if grant is None else []
    problems += [f"{name} was sent" for name in ("code", "redirect_uri") if name in form]
    if grant is not None and not asked <= grant.scopes:
        problems.append("scope is wider than what was granted")
    if memory.note("refresh", problems) or grant is None:
        return error_reply("invalid_grant")
    if _was_spent(memory, grant, form["refresh_token"]):
        memory.note("refresh", ["a spent refresh token was sent again"])
        grant.ended = grant.ended or memory.conduct.refresh is RefreshPolicy.DETECT_REUSE
        return error_reply("invalid_grant")
    if grant.ended:
        return error_reply("invalid_grant", description="the session was ended")
    if memory.refuses:
        return error_reply("server_error", 500)  # a fixed reply goes out instead
    return json_reply(renewed_tokens(memory, seen, grant))


def _was_spent(memory: Memory, grant: Grant, used: str) -> bool:
    if used == grant.refresh_token:
        return False
    lenient = memory.conduct.refresh is RefreshPolicy.LEEWAY and used == grant.previous
    return not (lenient and memory.now - grant.rotated_at <= memory.conduct.leeway)


def _announces(memory: Memory) -> Mapping[str, Announced]:
    return {
        "token_endpoint": f"{memory.url}/token",
        "token_endpoint_auth_methods_supported": [memory.client.auth.value],
    }


TOKEN = Part(
    endpoints={"token": _token},
    announces=_announces,
    grant_types={
        "authorization_code": GrantType("token", _redeem),
        "refresh_token": GrantType("refresh", _renew),
    },
)
