"""Resources that tokens are asked for (RFC 8707)."""

from dataclasses import dataclass, field
from urllib.parse import urlencode

from pywry_auth.testing.conduct import Reply
from pywry_auth.testing.part import Memory, Part, error_reply
from pywry_auth.testing.seen import SeenRequest


@dataclass(slots=True)
class _Asked:
    """What each authorization request named, by its code challenge."""

    resources: dict[str, list[str]] = field(default_factory=dict[str, list[str]])


def _named(seen: SeenRequest) -> list[str]:
    return [value for name, value in (*seen.query, *seen.form) if name == "resource"]


def _unknown(memory: Memory, seen: SeenRequest) -> bool:
    return not set(_named(seen)) <= set(memory.conduct.resources)


def _reads_request(memory: Memory, seen: SeenRequest) -> SeenRequest | Reply:
    params = seen.params
    if not _unknown(memory, seen) or "redirect_uri" not in params:
        memory.drawer(_Asked).resources[params.get("code_challenge", "")] = _named(seen)
        return seen
    sent = {"error": "invalid_target", "state": params.get("state", ""), "iss": memory.url}
    return Reply(302, headers={"Location": f"{params['redirect_uri']}?{urlencode(sent)}"})


def _guards_push(memory: Memory, seen: SeenRequest) -> Reply | None:
    return error_reply("invalid_target") if _unknown(memory, seen) else None


def _guards_token(memory: Memory, seen: SeenRequest) -> Reply | None:
    if _unknown(memory, seen):
        return error_reply("invalid_target")
    grant = memory.grant_of(seen)
    if grant is None or not grant.challenge:
        return None  # there was no authorization request to compare with
    asked = memory.drawer(_Asked).resources.get(grant.challenge, [])
    other = sorted(asked) != sorted(_named(seen))
    problems = ["other resources than in the authorization request"] if other else []
    return error_reply("invalid_target") if memory.note("token", problems) else None


RESOURCES = Part(reads_request=_reads_request, guards_push=_guards_push, guards_token=_guards_token)
