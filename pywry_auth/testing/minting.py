"""The tokens that come of a grant."""

import secrets
from collections.abc import Mapping

from pywry_auth.testing.answers import access_members, id_token_claims
from pywry_auth.testing.conduct import RefreshPolicy
from pywry_auth.testing.edits import edited
from pywry_auth.testing.grant import Grant
from pywry_auth.testing.part import Memory
from pywry_auth.testing.seen import SeenRequest


def first_tokens(memory: Memory, seen: SeenRequest, grant: Grant) -> dict[str, object]:
    """Give the members of the answer that ends a sign-in (RFC 6749 section 5.1)."""
    members = access_members(grant, memory.conduct.life)
    access_token = str(members["access_token"])
    if memory.conduct.refresh is not RefreshPolicy.NONE:
        members["refresh_token"] = _next_refresh_token(memory, grant)
    claims = _claims(memory, seen, grant, access_token)
    claims = edited(claims, memory.conduct.id_token, now=memory.now)
    members["id_token"] = memory.shelf.sign(
        claims, memory.conduct.signing, memory.client.client_secret
    )
    members = _finished(memory, seen, grant, members)
    return edited(members, memory.conduct.token, now=memory.now)


def renewed_tokens(memory: Memory, seen: SeenRequest, grant: Grant) -> dict[str, object]:
    """Give the members of the answer to a refresh (RFC 6749 section 6, OIDC Core 12.2)."""
    conduct = memory.conduct
    members = access_members(grant, memory.conduct.life)
    access_token = str(members["access_token"])
    again = dict(seen.form).get("refresh_token") != grant.refresh_token
    if conduct.refresh is not RefreshPolicy.NONE:
        kept = conduct.refresh is RefreshPolicy.KEEP or again
        members["refresh_token"] = (
            grant.refresh_token if kept else _next_refresh_token(memory, grant)
        )
    if grant.signs_in:
        members["id_token"] = _later_id_token(memory, seen, grant, access_token)
    members = _finished(memory, seen, grant, members)
    return edited(members, conduct.refreshed, now=memory.now)


def _later_id_token(memory: Memory, seen: SeenRequest, grant: Grant, access_token: str) -> str:
    conduct = memory.conduct
    claims = _claims(memory, seen, grant, access_token)
    claims.pop("nonce", None)  # OIDC Core 12.2: it should not be there
    claims = edited(claims, conduct.refreshed_id_token, now=memory.now)
    return memory.shelf.sign(
        claims, conduct.refreshed_signing or conduct.signing, memory.client.client_secret
    )


def program_tokens(
    memory: Memory,
    seen: SeenRequest,
    grant: Grant,
    *,
    refreshes: bool,
    further: Mapping[str, object] | None = None,
) -> dict[str, object]:
    """
    Give the members of the answer to a grant that is no sign-in (RFC 6749 section 5.1).

    Args:
        memory: what the issuer knows.
        seen: the token request.
        grant: what was approved.
        refreshes: whether there is a refresh token, where the issuer gives any.
        further: members beside the usual ones.
    """
    members = access_members(grant, memory.conduct.life) | dict(further or {})
    if refreshes and memory.conduct.refresh is not RefreshPolicy.NONE:
        members["refresh_token"] = _next_refresh_token(memory, grant)
    members = _finished(memory, seen, grant, members)
    return edited(members, memory.conduct.token, now=memory.now)


def _next_refresh_token(memory: Memory, grant: Grant) -> str:
    grant.previous = grant.refresh_token
    grant.rotated_at = memory.now
    grant.refresh_token = f"rt-{secrets.token_urlsafe(24)}"
    memory.refresh_tokens[grant.refresh_token] = grant
    return grant.refresh_token


def _claims(
    memory: Memory, seen: SeenRequest, grant: Grant, access_token: str
) -> dict[str, object]:
    alg = memory.conduct.signing.alg
    client_id = memory.client.client_id
    claims = id_token_claims(memory.url, client_id, grant, access_token, alg, now=memory.now)
    for part in memory.parts:
        claims |= part.claims(memory, seen, grant)
    return claims


def _finished(
    memory: Memory, seen: SeenRequest, grant: Grant, members: dict[str, object]
) -> dict[str, object]:
    for part in memory.parts:
        members |= part.token_members(memory, seen, grant)
    memory.access_tokens[str(members["access_token"])] = grant
    memory.issued += [
        str(members[name])
        for name in ("access_token", "id_token", "refresh_token")
        if name in members
    ]
    return members
