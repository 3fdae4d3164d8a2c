"""The revocation endpoint (RFC 7009)."""

from collections.abc import Mapping

from pywry_auth.testing.conduct import Reply
from pywry_auth.testing.part import Announced, Memory, Part, error_reply
from pywry_auth.testing.seen import SeenRequest
from pywry_auth.testing.token_endpoint import client_problems


def _revoke(memory: Memory, seen: SeenRequest) -> Reply:
    token = dict(seen.form).get("token")
    problems = client_problems(memory, seen)
    if token is None:
        problems.append("no token")
    if memory.note("revoke", problems) or token is None:
        return error_reply("invalid_request")
    if memory.refuses:
        return error_reply("server_error", 500)  # a fixed reply goes out instead
    memory.access_tokens.pop(token, None)
    grant = memory.refresh_tokens.get(token)
    if grant is not None:
        grant.ended = True
    return Reply(200, "")


def _announces(memory: Memory) -> Mapping[str, Announced]:
    return {"revocation_endpoint": f"{memory.url}/revoke"}


REVOKE = Part(endpoints={"revoke": _revoke}, announces=_announces)
