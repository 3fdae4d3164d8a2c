"""The userinfo endpoint (OIDC Core 5.3)."""

from collections.abc import Mapping

from pywry_auth.testing import checks
from pywry_auth.testing.answers import SCOPES, userinfo_claims
from pywry_auth.testing.conduct import Reply
from pywry_auth.testing.edits import edited
from pywry_auth.testing.grant import Grant
from pywry_auth.testing.part import Announced, Memory, Part, json_reply
from pywry_auth.testing.seen import SeenRequest


def presented_grant(memory: Memory, seen: SeenRequest, where: str) -> Grant | Reply:
    """
    Give the grant of the access token that *seen* presents, or the reply that refuses it.

    Args:
        memory: of the issuer.
        seen: the request.
        where: the name of the endpoint, for the violations.
    """
    grant = memory.access_tokens.get(seen.access_token or "")
    problems = checks.resource_problems(seen)
    if grant is None:
        problems.append("unknown access token")
    if memory.note(where, problems) or grant is None:
        return Reply(401, "{}", headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
    for part in memory.parts:
        refusal = part.guards_resource(memory, seen, grant)
        if refusal is not None:
            return refusal
    return grant


def _userinfo(memory: Memory, seen: SeenRequest) -> Reply:
    grant = presented_grant(memory, seen, "userinfo")
    if isinstance(grant, Reply):
        return grant
    conduct = memory.conduct
    claims = userinfo_claims(grant.scopes)
    if conduct.userinfo_signing is not None:
        claims |= {"iss": memory.url, "aud": memory.client.client_id}
    claims = edited(claims, conduct.userinfo, now=memory.now)
    if conduct.userinfo_signing is None:
        return json_reply(claims)
    signed = memory.shelf.sign(claims, conduct.userinfo_signing, memory.client.client_secret)
    return Reply(200, signed, "application/jwt")


def _announces(memory: Memory) -> Mapping[str, Announced]:
    return {"userinfo_endpoint": f"{memory.url}/userinfo", "scopes_supported": SCOPES}


USERINFO = Part(endpoints={"userinfo": _userinfo}, announces=_announces)
