"""The introspection endpoint (RFC 7662)."""

from collections.abc import Mapping

from pywry_auth.testing.answers import SUBJECT
from pywry_auth.testing.conduct import Reply
from pywry_auth.testing.edits import edited
from pywry_auth.testing.part import Announced, Memory, Part, error_reply, json_reply
from pywry_auth.testing.seen import SeenRequest
from pywry_auth.testing.token_endpoint import client_problems


def _introspect(memory: Memory, seen: SeenRequest) -> Reply:
    token = dict(seen.form).get("token")
    problems = client_problems(memory, seen)
    if token is None:
        problems.append("no token")
    if memory.note("introspect", problems) or token is None:
        return error_reply("invalid_request")
    return json_reply(edited(_said_of(memory, token), memory.conduct.introspection, now=memory.now))


def _said_of(memory: Memory, token: str) -> dict[str, object]:
    grant = memory.access_tokens.get(token) or memory.refresh_tokens.get(token)
    spent = grant is not None and token in memory.refresh_tokens and token != grant.refresh_token
    if grant is None or grant.ended or spent:
        return {"active": False}
    return {
        "active": True,
        "scope": grant.scope,
        "client_id": memory.client.client_id,
        "sub": SUBJECT,
        "iss": memory.url,
        "token_type": "Bearer",
    }


def _announces(memory: Memory) -> Mapping[str, Announced]:
    return {"introspection_endpoint": f"{memory.url}/introspect"}


INTROSPECT = Part(endpoints={"introspect": _introspect}, announces=_announces)
