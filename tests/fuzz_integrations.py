"""What servers, browsers, disks and programs hand to integrations."""

import asyncio
import json
from dataclasses import replace

from fakes.wire import FakeSender

from pywry_auth.errors import AuthError, TokenError
from pywry_auth.integrations import (
    FileCredentialStore,
    OAuth2AppCredentials,
    OAuth2Flow,
    UserCredentials,
    available_auth_providers,
    get_auth_provider,
)
from pywry_auth.integrations.stores.credential_records import record_in, record_text
from pywry_auth.protocol.wire import WireReply
from tests.fuzz_engine import CANARY, Target


URL = "https://op.example/"
APP = {
    "authorization_url": f"{URL}authorize",
    "token_url": f"{URL}token",
    "client_id": "c",
    "client_secret": f"{CANARY}secret",
}
RECORD = {
    "access_token": f"{CANARY}access",
    "token_type": "Bearer",
    "refresh_token": f"{CANARY}refresh",
    "expires_in": 3600,
    "issued_at": 1_800_000_000,
    "scope": "read write",
    "team": {"id": "T0", "name": "Acme"},
    "workspace_id": "w",
}
SLACK = {
    "ok": True,
    "token_type": "bot",
    "authed_user": {"id": "U1", "access_token": f"{CANARY}access", "scope": "a,b"},
}


def _json(data: bytes) -> object:
    return json.loads(data.decode("utf-8", "surrogatepass"))


def stored_credentials(data: bytes) -> object:
    """Read one record as every provider would, and write it again."""
    record = _json(data)
    for kind in available_auth_providers().values():
        provider = kind()
        if not isinstance(record, dict):
            continue
        found = provider.parse_user_credentials(record)
        if CANARY in repr(found) + str(found):
            return _is_shown(found)
        kept = found.to_record()
        again = provider.parse_user_credentials(record_in(record_text(kept)))
        if again.to_record() != kept:
            return "what was stored comes back as something else"
        found.is_expired(1_800_000_000.0, 30.0)
    return None


def _is_shown(found: UserCredentials) -> object:
    # An input may have put the secret where the scope or the type of the token belongs.
    harmless = {found.scope, found.token_type}
    harmless |= {str(value) for name, value in found if name in _SHOWN}
    return not any(CANARY in text for text in harmless) and "repr shows a secret"


_SHOWN = frozenset({"bot_user_id", "app_id", "workspace_id", "workspace_name", "bot_id"})


def _flows() -> list[OAuth2Flow]:
    kinds = map(get_auth_provider, ("github", "hubspot", "slack"))  # the others are worded alike
    return [kind(kind.app_credentials_class.load(APP, env={})).oauth2 for kind in kinds]


def token_answer(data: bytes) -> object:
    """Let every service answer like that, to an exchange and to a refresh."""
    refused: TokenError | None = None
    for flow in _flows():
        flow._sender = FakeSender({APP["token_url"]: WireReply(200, {}, data)})
        asyncio.run(flow.authorize(state="s", redirect_uri=f"{URL}home"))
        for asked in (
            flow.exchange(subject="ada", code="code", state="s"),
            flow.refresh(refresh_token=f"{CANARY}refresh"),
        ):
            try:
                found = asyncio.run(asked)
            except TokenError as exc:
                refused = exc
                continue
            if CANARY in repr(found):
                return _is_shown(found)
            if not found.access_token:
                return "credentials without a token"
    if refused is not None:
        raise refused
    return None


def response(data: bytes) -> object:
    """Redeem what a browser came back with; only the true state may get through."""
    text = data.decode("utf-8", "surrogatepass")
    flow = OAuth2Flow(OAuth2AppCredentials(**APP))
    granted = json.dumps(RECORD).encode()
    flow._sender = sender = FakeSender({APP["token_url"]: WireReply(200, {}, granted)})
    asyncio.run(flow.authorize(state="the-true-state"))
    try:
        asyncio.run(flow.exchange(subject="ada", authorization_response=text))
    finally:
        read = text.translate(dict.fromkeys(map(ord, "\r\n\t")))  # as urllib reads addresses
        if sender.sent and "the-true-state" not in read and "%" not in read:
            raise AssertionError("a stranger's answer was redeemed")
    return None


def credential_text(data: bytes) -> object:
    """Read a record as it lies in a store."""
    found = record_in(data.decode("utf-8", "surrogatepass"))
    return found is not None and record_in(record_text(found)) != found and "changed on the way"


def credential_file(data: bytes) -> object:
    """Read a file of credentials; what cannot be read is told and set aside."""
    from tests.fuzz_targets import a_file

    with a_file(data) as path:
        store = FileCredentialStore(path)
        asyncio.run(store.get("github", "ada"))
    return None


def targets() -> list[Target]:
    """Every target of integrations."""
    record = json.dumps(RECORD).encode()
    iso = json.dumps(RECORD | {"expires_in": None, "expires_at": "2030-01-01T00:00:00Z"}).encode()
    slack = json.dumps(SLACK).encode()
    hubspot = json.dumps({"status": "BAD_REFRESH_TOKEN", "message": "no"}).encode()
    lines = (b"code=a&state=the-true-state", b"https://h/?code=a&state=the-true-state&iss=x")
    file = json.dumps({"v": 1, "records": {"github/s:ada": record.decode()}}).encode()
    usual = Target("stored credentials", (record, iso), stored_credentials, ("json",), _READ)
    return [
        usual,
        Target(
            "token answers of services", (record, slack, hubspot), token_answer, largest=150_000
        ),
        Target("authorization response", lines, response, (), (AuthError, ValueError)),
        replace(usual, name="credential text", run=credential_text),
        Target("credential file", (file,), credential_file),
    ]


#: pydantic's own error is a ValueError; TypeError is what JSON cannot say
_READ = (ValueError, TypeError, RecursionError)
