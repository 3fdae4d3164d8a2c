"""An application that registers itself, and keeps what came of it."""

import asyncio
import stat
import sys

import pytest

from pywry_auth.errors import ConfigError, StoredDataError, StoreError
from pywry_auth.protocol.client_auth import NoClientAuth, SecretBasic, SecretPost
from pywry_auth.protocol.registration import RegisteredClient
from pywry_auth.providers.registration import ClientFile, client_auth_of, provider_for_client
from pywry_auth.testing import ProgrammableProvider
from pywry_auth.testing.clock import VirtualClock


ISSUER = "https://op.example"
NOW = 1_700_000_000.0


def registered(**changes):
    return RegisteredClient(**({"issuer": ISSUER, "client_id": "c1"} | changes))


@pytest.mark.parametrize(
    ("method", "auth"),
    [
        ("none", NoClientAuth("c1")),
        ("client_secret_basic", SecretBasic("c1", "s")),
        ("client_secret_post", SecretPost("c1", "s")),
    ],
)
def test_a_client_proves_itself_as_it_was_registered(method, auth):
    client = registered(client_secret="s", token_endpoint_auth_method=method)
    assert client_auth_of(client) == auth
    provider = provider_for_client(client, ["openid", "mail"])
    assert provider.client_auth == auth
    assert (provider.client_id, provider.issuer_url) == ("c1", ISSUER)
    assert provider.scopes == ["openid", "mail"]


def test_a_way_that_takes_a_key_is_said_so():
    with pytest.raises(ConfigError, match="private_key_jwt"):
        provider_for_client(registered(token_endpoint_auth_method="private_key_jwt"))


def test_a_file_keeps_what_only_its_owner_reads(tmp_path):
    file = ClientFile(tmp_path / "new" / "client.json")
    assert file.load() is None
    client = registered(client_secret="s3cret", registration_access_token="rat")
    file.save(client)
    assert ClientFile(str(file.path)).load() == client
    if sys.platform != "win32":
        assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.path.parent.stat().st_mode) == 0o700
    file.forget()
    file.forget()
    assert file.load() is None


def test_a_file_that_is_damaged_or_out_of_reach_is_an_error(tmp_path):
    file = ClientFile(tmp_path / "client.json")
    file.path.write_text('{"client_id": 7}')
    with pytest.raises(StoredDataError):
        file.load()
    folder = ClientFile(tmp_path)
    for deed in (folder.load, folder.forget, lambda: folder.save(registered())):
        with pytest.raises(StoreError):
            deed()


def test_what_is_kept_is_not_registered_again(tmp_path):
    with ProgrammableProvider() as op:
        issuer = op.add("kept")
        file = ClientFile(tmp_path / "client.json")
        first = asyncio.run(file.client(issuer))
        again = asyncio.run(ClientFile(file.path).client(issuer))
        assert again == first
        assert op.calls("kept").count("register") == 1
        assert op.violations("kept") == []


def test_many_starts_at_once_register_once(tmp_path):
    async def together():
        file = tmp_path / "client.json"
        return await asyncio.gather(*(ClientFile(file).client(issuer) for _ in range(5)))

    with ProgrammableProvider() as op:
        issuer = op.add("many")
        found = asyncio.run(together())
        assert len({client.client_id for client in found}) == 1
        assert op.calls("many").count("register") == 1


def test_a_secret_that_ended_is_registered_anew(tmp_path):
    with ProgrammableProvider() as op:
        issuer = op.add("ended")
        file = ClientFile(tmp_path / "client.json", clock=VirtualClock(NOW))
        file.save(registered(issuer=issuer, client_secret="s", expires_at=NOW + 1))
        assert asyncio.run(file.client(issuer)).client_id == "c1"
        file.save(registered(issuer=issuer, client_secret="s", expires_at=NOW))
        assert asyncio.run(file.client(issuer)).client_id.startswith("dyn-")
        file.save(registered(issuer=issuer, expires_at=NOW))  # there is no secret that could end
        assert asyncio.run(file.client(issuer)).client_id == "c1"


def test_a_registration_elsewhere_is_not_overwritten(tmp_path):
    file = ClientFile(tmp_path / "client.json")
    file.save(registered())
    with pytest.raises(ConfigError, match="another issuer"):
        asyncio.run(file.client("https://elsewhere.example"))
    assert file.load() == registered()
