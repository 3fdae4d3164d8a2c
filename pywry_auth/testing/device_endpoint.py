"""The device authorization endpoint, where the person confirms at once (RFC 8628)."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from pywry_auth.testing.conduct import Reply
from pywry_auth.testing.edits import edited
from pywry_auth.testing.grant import Grant
from pywry_auth.testing.minting import first_tokens
from pywry_auth.testing.part import Announced, GrantType, Memory, Part, error_reply, json_reply
from pywry_auth.testing.seen import SeenRequest
from pywry_auth.testing.token_endpoint import client_problems


ENDPOINT = "device_authorization"
GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code"
LIFE = 600  # seconds a code lives
INTERVAL = 5.0  # seconds between two questions
SLOWER = 5.0  # seconds that "slow_down" adds (RFC 8628 section 3.5)
LETTERS = "BCDFGHJKLMNPQRSTVWXZ"  # RFC 8628 section 6.1
MARGIN = 0.05  # seconds that two clocks may differ while an interval goes by


@dataclass(slots=True)
class _Device:
    """One code, with what was asked about it."""

    grant: Grant
    ends_at: float
    interval: float
    asked_at: float


@dataclass(slots=True)
class _Devices:
    """Every device code given out."""

    by_code: dict[str, _Device] = field(default_factory=dict[str, _Device])


def _begin(memory: Memory, seen: SeenRequest) -> Reply:
    problems = client_problems(memory, seen)
    if "openid" not in seen.params.get("scope", "").split():
        problems.append("not so: scope contains openid")
    if memory.note(ENDPOINT, problems):
        return error_reply("invalid_request")
    code = f"device-{secrets.token_urlsafe(24)}"
    user_code = "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(2))
    page = f"{memory.url}/device"
    right: dict[str, object] = {
        "device_code": code,
        "user_code": user_code,
        "verification_uri": page,
        "verification_uri_complete": f"{page}?user_code={user_code}",
        "expires_in": LIFE,
        "interval": INTERVAL,
    }
    sent = edited(right, memory.conduct.device, now=memory.now)
    memory.issued += [code, user_code]
    now = memory.clock.now()
    memory.drawer(_Devices).by_code[code] = _Device(
        _grant(memory, seen), now + _number(sent, "expires_in", LIFE), _interval(sent), now
    )
    return json_reply(sent)


def _grant(memory: Memory, seen: SeenRequest) -> Grant:
    return Grant(
        scope=seen.params["scope"],
        auth_time=memory.now,
        wants_auth_time="max_age" in seen.params,
        params=seen.params,
    )


def _interval(sent: Mapping[str, object]) -> float:
    return _number(sent, "interval", INTERVAL)


def _number(sent: Mapping[str, object], name: str, usual: float) -> float:
    value = sent.get(name)
    return float(value) if isinstance(value, int | float) else usual


def _page(_memory: Memory, _seen: SeenRequest) -> Reply:
    return Reply(200, "<!doctype html><title>Confirmed</title><h1>Confirmed</h1>", "text/html")


def _ask(memory: Memory, seen: SeenRequest) -> Reply:
    device = _device(memory, seen)
    now = memory.clock.now()
    problems = ["unknown device code"] if device is None else []
    if device is not None and now - device.asked_at < device.interval - MARGIN:
        problems.append("asked again before the interval had gone by")
    if memory.note("device_token", problems) or device is None:
        return error_reply("invalid_grant")
    device.asked_at = now
    if device.grant.spent:
        memory.note("device_token", ["asked again after the tokens were given"])
        return error_reply("invalid_grant")
    if memory.refuses:
        return error_reply("server_error", 500)  # a fixed reply goes out instead
    if now >= device.ends_at:
        return error_reply("expired_token")
    device.grant.spent = True
    return json_reply(first_tokens(memory, seen, device.grant))


def _device(memory: Memory, seen: SeenRequest) -> _Device | None:
    return memory.drawer(_Devices).by_code.get(seen.params.get("device_code", ""))


def _finishes(memory: Memory, seen: SeenRequest, reply: Reply) -> Reply:
    device = _device(memory, seen) if seen.params.get("grant_type") == GRANT_TYPE else None
    if device is not None and '"slow_down"' in reply.body:
        device.interval += SLOWER
    return reply


def _announces(memory: Memory) -> Mapping[str, Announced]:
    return {"device_authorization_endpoint": f"{memory.url}/{ENDPOINT}"}


DEVICE = Part(
    endpoints={ENDPOINT: _begin, "device": _page},
    grant_types={GRANT_TYPE: GrantType("device_token", _ask)},
    announces=_announces,
    finishes=_finishes,
)
