"""Every known trouble, against a response that was recorded from a real provider."""

import asyncio
import json
from importlib import import_module
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest

from pywry_auth.coach.advise import advise, page_advice
from pywry_auth.coach.say import sentence
from pywry_auth.coach.tables import every_entry
from pywry_auth.coach.values import Advice
from pywry_auth.errors import AuthError
from pywry_auth.protocol.authorization import AuthorizationRequest, CallbackParams
from pywry_auth.protocol.device import read_device_reply
from pywry_auth.protocol.par import read_pushed
from pywry_auth.protocol.registration import ClientMetadata, read_registration
from pywry_auth.protocol.skipped import NO_PKCE, UNKNOWN_ISSUER
from pywry_auth.protocol.token import read_refreshed, read_tokens
from pywry_auth.protocol.wire import WireReply
from pywry_auth.providers.oidc import GenericOIDCProvider
from pywry_auth.token_store.keyring_rules import translate
from pywry_auth.ui.texts import ENGLISH


FIXTURES = Path(__file__).parent / "coach_fixtures"
RECORDED = sorted(FIXTURES.glob("*/*.json"))
ENTRIES = {f"{entry.family}/{entry.name}": entry for entry in every_entry()}


def name_of(path):
    return f"{path.parent.name}/{path.stem}"


def advice_about(fixture):
    """Let the package read the response as it would in a sign-in, and ask the coach about it."""
    if fixture["kind"] == "page":
        return page_advice(fixture["url"], fixture["title"], fixture["text"])
    issuer = fixture.get("issuer", "")
    with pytest.raises(AuthError) as raised:
        READERS[fixture.get("endpoint", fixture["kind"])](fixture)
    return advise(raised.value, issuer=issuer)


def read_redirect(fixture):
    """A redirect, as the listener takes it; of the parameters only the state is ours."""
    attempt = AuthorizationRequest.begin(
        "http://127.0.0.1:1/callback", openid=True, pkce=NO_PKCE, issuer=UNKNOWN_ISSUER
    )
    query = urlencode({**fixture["params"], "state": attempt.state})
    attempt.code_from(CallbackParams.parse(query))


def reply_in(fixture):
    body = fixture["body"]
    content = body if isinstance(body, str) else json.dumps(body)
    return WireReply(fixture["status"], fixture.get("headers", {}), content.encode())


def read_failure(fixture):
    """What lies below us raised this, and our own adapters said it in their words."""
    module, _, name = fixture["raised"].rpartition(".")
    failure = vars(import_module(module or "builtins"))[name](fixture["text"])
    if fixture["place"] == "keychain":
        raise translate(failure, fixture["platform"]) from failure
    asyncio.run(exchange_where(failure))


async def exchange_where(failure):
    """Exchange a code over our own HTTP client, in a network that fails like this."""

    def fail(_request):
        raise failure

    def client_in_trouble(**_settings):
        return httpx.AsyncClient(transport=httpx.MockTransport(fail))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pywry_auth.http._new_client", client_in_trouble)
        async with GenericOIDCProvider("c", token_url="https://op.example/token") as provider:
            await provider.exchange_code("c", "http://127.0.0.1:1/callback", "v")


READERS = {
    "redirect": read_redirect,
    "token": lambda fixture: read_tokens(reply_in(fixture), now=0.0),
    "refresh": lambda fixture: read_refreshed(reply_in(fixture), now=0.0, refresh_token="r"),
    "device_authorization": lambda fixture: read_device_reply(
        reply_in(fixture), device_url="https://op.example/device", now=0.0
    ),
    "par": lambda fixture: read_pushed(reply_in(fixture)),
    "registration": lambda fixture: read_registration(
        reply_in(fixture),
        issuer="https://op.example",
        registration_url="https://op.example/register",
        asked=ClientMetadata(),
    ),
    "exception": read_failure,
}


@pytest.mark.parametrize("path", RECORDED, ids=name_of)
def test_a_recorded_response_leads_to_the_advice_that_was_written_for_it(path):
    fixture = json.loads(path.read_text())
    entry = ENTRIES[name_of(path)]
    assert advice_about(fixture) == Advice(
        entry.code, sentence(entry.say, ENGLISH), entry.fix, entry.action, entry.source
    )


def test_every_entry_has_a_recorded_response():
    assert set(ENTRIES) - {name_of(path) for path in RECORDED} == set()


@pytest.mark.parametrize("path", RECORDED, ids=name_of)
def test_every_recorded_response_says_where_it_was_seen(path):
    assert json.loads(path.read_text())["source"].startswith("https://")


def test_no_two_entries_share_a_name():
    assert len(ENTRIES) == len(every_entry())
