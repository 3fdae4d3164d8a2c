"""The registration endpoint (RFC 7591), with the one that takes a registration back (RFC 7592)."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from pywry_auth.json_value import is_array, is_object
from pywry_auth.testing.checks import LOOPBACK
from pywry_auth.testing.conduct import ClientAuthMethod, Registration, Reply
from pywry_auth.testing.edits import edited
from pywry_auth.testing.part import Announced, Memory, Part, error_reply, json_reply
from pywry_auth.testing.seen import SeenRequest


@dataclass(slots=True)
class _Drawer:
    """What this part remembers: the token of the one registration."""

    token: str = ""


def _register(memory: Memory, seen: SeenRequest) -> Reply:
    asked = _members(seen)
    if memory.note("register", _problems(seen, asked)):
        return error_reply("invalid_client_metadata")
    if memory.refuses:
        return error_reply("server_error", 500)  # a fixed reply goes out instead
    method = ClientAuthMethod(str(asked.get("token_endpoint_auth_method", "none")))
    needs_secret = method in {ClientAuthMethod.SECRET_BASIC, ClientAuthMethod.SECRET_POST}
    secret = secrets.token_urlsafe(24) if needs_secret else ""
    client = Registration(f"dyn-{secrets.token_hex(6)}", secret, method)
    memory.registered = client
    drawer = memory.drawer(_Drawer)
    drawer.token = f"rat-{secrets.token_urlsafe(24)}"
    memory.issued += [drawer.token, *([secret] if secret else [])]
    return json_reply(
        edited(_answer(memory, asked, client, drawer), memory.conduct.registration, now=memory.now),
        201,
    )


def _answer(
    memory: Memory, asked: Mapping[str, object], client: Registration, drawer: _Drawer
) -> dict[str, object]:
    members: dict[str, object] = {
        **asked,
        "client_id": client.client_id,
        "client_id_issued_at": memory.now,
        "registration_access_token": drawer.token,
        "registration_client_uri": f"{memory.url}/register/{client.client_id}",
    }
    if client.client_secret:
        members |= {"client_secret": client.client_secret, "client_secret_expires_at": 0}
    return members


def _manage(memory: Memory, seen: SeenRequest) -> Reply:
    registered, token = memory.registered, memory.drawer(_Drawer).token
    mine = registered is not None and seen.path == f"register/{registered.client_id}"
    if not mine or seen.bearer != token or not token:
        memory.note("register", ["the registration is not this client's to change"])
        return error_reply("invalid_token", 401)
    if seen.method != "DELETE":
        return error_reply("invalid_request", 405)
    memory.registered = None
    memory.drawer(_Drawer).token = ""
    return Reply(204, "")


def _members(seen: SeenRequest) -> dict[str, object]:
    try:
        found: object = json.loads(seen.body)
    except ValueError:
        return {}
    return found if is_object(found) else {}


def _problems(seen: SeenRequest, asked: Mapping[str, object]) -> list[str]:
    redirects = asked.get("redirect_uris")
    wanted = {
        "the method is POST": seen.method == "POST",
        "the body is JSON": seen.header("content-type").partition(";")[0] == "application/json",
        "there are redirect_uris": is_array(redirects) and bool(redirects),
        "every redirect_uri is on loopback": is_array(redirects)
        and all(any(f"//{host}" in str(uri) for host in LOOPBACK) for uri in redirects),
        "application_type is native": asked.get("application_type") == "native",
        "the way to authenticate is one there is": asked.get("token_endpoint_auth_method", "none")
        in set(ClientAuthMethod),
        "no client_id is asked for": "client_id" not in asked,
    }
    return [f"not so: {law}" for law, holds in wanted.items() if not holds]


def _announces(memory: Memory) -> Mapping[str, Announced]:
    return {"registration_endpoint": f"{memory.url}/register"}


REGISTRATION = Part(endpoints={"register": _register, "register/": _manage}, announces=_announces)
