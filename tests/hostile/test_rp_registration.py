"""A client that registers itself, at a provider that gives odd answers."""

import asyncio
from collections.abc import Callable

import pytest

from pywry_auth.errors import AuthError, DiscoveryError, RegistrationError, TransportError
from pywry_auth.protocol.registration import ClientMetadata
from pywry_auth.providers.registration import delete_client, provider_for_client, register_client
from pywry_auth.session import SessionManager
from pywry_auth.testing import Conduct, Drop, ProgrammableProvider, Put, Reply
from pywry_auth.testing.row import ConformanceRow


def _registering(**edits: object) -> Conduct:
    return Conduct(registration=edits)


def _answering(reply: Reply) -> Conduct:
    return Conduct(replies={"register": reply})


FAULTS: dict[str, tuple[Conduct, type[AuthError]]] = {
    "no-endpoint": (Conduct(discovery={"registration_endpoint": Drop()}), DiscoveryError),
    "no-client-id": (_registering(client_id=Drop()), RegistrationError),
    "client-id-is-a-number": (_registering(client_id=Put(7)), RegistrationError),
    "uri-elsewhere": (
        _registering(registration_client_uri=Put("https://elsewhere.example/c")),
        RegistrationError,
    ),
    "uri-not-encrypted": (
        _registering(registration_client_uri=Put("http://op.example/c")),
        RegistrationError,
    ),
    "secret-missing": (
        _registering(token_endpoint_auth_method=Put("client_secret_basic")),
        RegistrationError,
    ),
    "refused": (_answering(Reply(400, '{"error": "invalid_redirect_uri"}')), RegistrationError),
    "forbidden": (_answering(Reply(403, "<html>no</html>", "text/html")), RegistrationError),
    "page": (_answering(Reply(200, "<html>portal</html>", "text/html")), RegistrationError),
    "busy": (_answering(Reply(503, "")), TransportError),
    "cut": (_answering(Reply(cut=True)), TransportError),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_registration_that_failed_is_told_apart(op: ProgrammableProvider, name: str) -> None:
    conduct, error = FAULTS[name]
    issuer = op.add(f"own-registration-{name}", conduct)
    with pytest.raises(error) as caught:
        asyncio.run(register_client(issuer))
    assert type(caught.value) is error
    assert set(op.calls(f"own-registration-{name}")) <= {"discovery", "register"}
    for secret in op.issued(f"own-registration-{name}"):
        assert secret not in f"{caught.value!s}{caught.value!r}"


@pytest.mark.parametrize("method", ["none", "client_secret_basic", "client_secret_post"])
def test_oidcc_client_test_dynamic_registration(party: Callable[..., object], method: str) -> None:
    rp = party(ConformanceRow(f"oidcc-client-test-dynamic-registration-{method}", Conduct()))
    metadata = ClientMetadata(client_name="Ledger", token_endpoint_auth_method=method)
    client = asyncio.run(register_client(rp.issuer, metadata))
    rp.provider = provider_for_client(client, ["openid"])
    rp.session = SessionManager(rp.provider, rp.store)
    result = rp.sign_in()
    assert result.success
    rp.must_have_reached_userinfo_with(result.tokens.access_token)
    sent = next(s for s in rp.op.requests(rp.mode) if s.endpoint == "authorize").params
    assert sent["client_id"] == client.client_id != "rp-client"
    rp.must_behave()


def test_a_registration_is_taken_back_once(op: ProgrammableProvider) -> None:
    issuer = op.add("own-registration-taken-back")
    client = asyncio.run(register_client(issuer))
    asyncio.run(delete_client(client))
    assert op.violations("own-registration-taken-back") == []
    with pytest.raises(RegistrationError, match="invalid_token"):
        asyncio.run(delete_client(client))
