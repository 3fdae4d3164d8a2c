"""The sign-out page (OIDC RP-Initiated Logout 1.0), where the person says yes at once."""

from collections.abc import Mapping
from urllib.parse import urlencode

from pywry_auth.testing import checks
from pywry_auth.testing.conduct import Reply
from pywry_auth.testing.edits import edited
from pywry_auth.testing.pages import refusal_page
from pywry_auth.testing.part import Announced, Memory, Part
from pywry_auth.testing.seen import SeenRequest


def _logout(memory: Memory, seen: SeenRequest) -> Reply:
    params = seen.params
    there = params.get("post_logout_redirect_uri", "")
    problems = _problems(memory, seen)
    problems += memory.fresh("state", params.get("state"))
    if memory.note("logout", problems):
        return Reply(400, refusal_page("this is no correct request"), "text/html")
    if not there:
        return Reply(200, refusal_page("you are signed out"), "text/html")
    right: dict[str, object] = {"state": params["state"]} if "state" in params else {}
    sent = edited(right, memory.conduct.logout, now=memory.now)
    query = urlencode([(name, str(value)) for name, value in sent.items()])
    return Reply(302, headers={"Location": f"{there}?{query}" if query else there})


def _problems(memory: Memory, seen: SeenRequest) -> list[str]:
    params = seen.params
    there = params.get("post_logout_redirect_uri")
    hint = params.get("id_token_hint")
    problems = [f"{name} came twice" for name in seen.repeated]
    wanted = {
        "client_id is the registered one": params.get("client_id") == memory.client.client_id,
        "the hint is an ID token of this issuer": hint is None or hint in memory.issued,
        "there is a hint where a person signed in": hint is not None or not memory.sign_ins,
        "state comes with an address to come back to": ("state" in params) == (there is not None),
        "no token is in the query": "access_token" not in params and "refresh_token" not in params,
    }
    bad_uri = None if there is None else checks.redirect_uri_problem(there)
    if bad_uri:
        problems.append(bad_uri.replace("redirect_uri", "post_logout_redirect_uri", 1))
    return problems + [f"not so: {law}" for law, holds in wanted.items() if not holds]


def _announces(memory: Memory) -> Mapping[str, Announced]:
    return {"end_session_endpoint": f"{memory.url}/logout"}


LOGOUT = Part(endpoints={"logout": _logout}, announces=_announces)
