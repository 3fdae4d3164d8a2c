"""The authorization endpoint, where the person approves at once."""

import secrets
from collections.abc import Mapping
from urllib.parse import urlencode

from pywry_auth.testing import checks
from pywry_auth.testing.conduct import Reply, Rotation
from pywry_auth.testing.edits import edited
from pywry_auth.testing.grant import Grant
from pywry_auth.testing.pages import form_post_page, refusal_page
from pywry_auth.testing.part import Announced, Memory, Part
from pywry_auth.testing.seen import SeenRequest


def _authorize(memory: Memory, seen: SeenRequest) -> Reply:
    for part in memory.parts:
        read = part.reads_request(memory, seen)
        if isinstance(read, Reply):
            return read
        seen = read
    params = seen.params
    problems = checks.authorize_problems(seen, memory.client)
    for name in ("state", "nonce", "code_challenge"):
        problems += memory.fresh(name, params.get(name))
    redirect_uri = params.get("redirect_uri", "")
    bad_uri = checks.redirect_uri_problem(redirect_uri)
    if memory.note("authorize", problems + ([bad_uri] if bad_uri else [])):
        return Reply(400, refusal_page("this is no correct request"), "text/html")
    memory.sign_ins += 1
    if memory.conduct.keys.rotation is Rotation.EACH_SIGN_IN and memory.sign_ins > 1:
        memory.shelf.rotate()
    sent = _redirect_params(memory, _approve(memory, params), params)
    if params.get("response_mode") == "form_post":
        return Reply(200, form_post_page(redirect_uri, sent), "text/html; charset=utf-8")
    mark = "&" if "?" in redirect_uri else "?"
    return Reply(302, headers={"Location": f"{redirect_uri}{mark}{urlencode(sent)}"})


def _approve(memory: Memory, params: Mapping[str, str]) -> str:
    code = f"code-{secrets.token_urlsafe(24)}"
    memory.issued.append(code)
    memory.codes[code] = Grant(
        redirect_uri=params["redirect_uri"],
        scope=params["scope"],
        nonce=params.get("nonce"),
        challenge=params["code_challenge"],
        auth_time=memory.now,
        wants_auth_time="max_age" in params,
        params=params,
    )
    return code


def _redirect_params(memory: Memory, code: str, params: Mapping[str, str]) -> list[tuple[str, str]]:
    right: dict[str, object] = {"code": code, "state": params["state"], "iss": memory.url}
    sent = edited(right, memory.conduct.authorization, now=memory.now)
    again = [(name, f"{sent[name]}2") for name in memory.conduct.repeated]
    return [*((name, str(value)) for name, value in sent.items()), *again]


def _announces(memory: Memory) -> Mapping[str, Announced]:
    return {
        "authorization_endpoint": f"{memory.url}/authorize",
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "form_post"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
    }


AUTHORIZE = Part(endpoints={"authorize": _authorize}, announces=_announces)
