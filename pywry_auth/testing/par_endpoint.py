"""The endpoint that takes authorization requests before a person sees them (RFC 9126)."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from pywry_auth.testing.conduct import Reply
from pywry_auth.testing.demands import Pushing
from pywry_auth.testing.edits import edited
from pywry_auth.testing.pages import refusal_page
from pywry_auth.testing.part import Announced, Memory, Part, error_reply, json_reply
from pywry_auth.testing.seen import Pairs, SeenRequest
from pywry_auth.testing.token_endpoint import client_problems


LIFE = 600  # seconds; what FAPI 2.0 allows at most
_CLIENT_S_OWN = frozenset({"client_secret", "client_assertion", "client_assertion_type"})


@dataclass(slots=True)
class _Pushed:
    """Requests that were handed over, with the instant until which each may be used."""

    requests: dict[str, tuple[Pairs, int]] = field(default_factory=dict[str, tuple[Pairs, int]])


def _push(memory: Memory, seen: SeenRequest) -> Reply:
    if memory.conduct.pushing is Pushing.NONE:
        return Reply(404, refusal_page("nothing is here"), "text/html")
    if memory.note("par", client_problems(memory, seen)):
        return error_reply("invalid_client", 401)
    if memory.note("par", ["request_uri was sent"] if "request_uri" in seen.params else []):
        return error_reply("invalid_request")
    for part in memory.parts:
        refusal = part.guards_push(memory, seen)
        if refusal is not None:
            return refusal
    name = f"urn:ietf:params:oauth:request_uri:{secrets.token_urlsafe(16)}"
    kept = tuple(pair for pair in seen.form if pair[0] not in _CLIENT_S_OWN)
    memory.drawer(_Pushed).requests[name] = (kept, memory.now + LIFE)
    memory.issued.append(name)
    members: dict[str, object] = {"request_uri": name, "expires_in": LIFE}
    return json_reply(edited(members, memory.conduct.pushed, now=memory.now), 201)


def _read(memory: Memory, seen: SeenRequest) -> SeenRequest | Reply:
    name = seen.params.get("request_uri")
    if name is None:
        open_one = memory.conduct.pushing is Pushing.REQUIRED
        problems = ["the request was not handed over"] if open_one else []
        return _page() if memory.note("authorize", problems) else seen
    kept, until = memory.drawer(_Pushed).requests.get(name, ((), 0))
    problems = [] if memory.now <= until else ["unknown or stale request_uri"]
    problems += memory.fresh("request_uri", name)
    if sorted(seen.params) != ["client_id", "request_uri"] or seen.repeated:
        problems.append("more than client_id and request_uri is in the address")
    if seen.params.get("client_id") != dict(kept).get("client_id"):
        problems.append("the client_id is not that of the request")
    if memory.note("authorize", problems):
        return _page()
    return SeenRequest("authorize", seen.method, kept, (), seen.headers, seen.path)


def _page() -> Reply:
    return Reply(400, refusal_page("this is no correct request"), "text/html")


def _announces(memory: Memory) -> Mapping[str, Announced]:
    if memory.conduct.pushing is Pushing.NONE:
        return {}
    return {
        "pushed_authorization_request_endpoint": f"{memory.url}/par",
        "require_pushed_authorization_requests": memory.conduct.pushing is Pushing.REQUIRED,
    }


PAR = Part(endpoints={"par": _push}, announces=_announces, reads_request=_read)
