"""How much of a grant is known before anything is asked."""

import json
import os
import sys
from pathlib import Path

import pytest
from fakes.jose import private_key

from pywry_auth.account_index import Account
from pywry_auth.cli.engine import make_provider
from pywry_auth.cli.grants.grant_making import GrantMaker
from pywry_auth.cli.grants.grant_plan import GrantPlan, account_for, plan_of, renews_alone
from pywry_auth.cli.grants.secret_sources import file_text, private_key_in, secret_in
from pywry_auth.cli.selection import Selected, account_index
from pywry_auth.errors import ConfigError, CredentialMissingError
from pywry_auth.protocol.client_auth import NoClientAuth, PrivateKeyJwt, SecretBasic, SecretPost
from pywry_auth.protocol.compact import part_of


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    return tmp_path


def selected(*, named=True, **settings):
    path = Path("providers.toml")
    return Selected("work", settings, is_named=named, is_configured=True, path=path)


PERSON = {"grant": "password", "client_id": "c", "username": "alice"}
ROBOT = {"grant": "client_credentials", "client_id": "c"}


@pytest.mark.parametrize(
    ("settings", "env", "plan"),
    [
        ({}, {}, None),
        ({"grant": "device"}, {}, None),
        (ROBOT, {}, GrantPlan("client_credentials", "c", can_begin=True)),
        (PERSON, {}, GrantPlan("password", "alice", can_begin=False)),
        (PERSON | {"password_env": "PW"}, {}, GrantPlan("password", "alice", can_begin=False)),
        (
            PERSON | {"password_env": "PW"},
            {"PW": "x"},
            GrantPlan("password", "alice", can_begin=True),
        ),
        (
            PERSON | {"password_env": "PW", "totp": True},
            {"PW": "x"},
            GrantPlan("password", "alice", can_begin=False),
        ),
        (
            PERSON | {"password_env": "PW", "totp": True, "totp_env": "CODE"},
            {"PW": "x", "CODE": "1"},
            GrantPlan("password", "alice", can_begin=True),
        ),
        (
            {"grant": "password", "client_id": "c", "password_env": "PW"},
            {"PW": "x"},
            GrantPlan("password", "", can_begin=False),
        ),
        (
            {"grant": "refresh_token", "client_id": "c", "refresh_token_env": "RT"},
            {"RT": "x"},
            GrantPlan("refresh_token", "c", can_begin=True),
        ),
    ],
)
def test_a_plan_says_whether_a_person_is_needed(settings, env, plan):
    assert plan_of(selected(**settings), env) == plan


def test_an_unnamed_client_may_be_one_of_the_environment():
    env = {"PYWRY_AUTH_CLIENT_ID": "from-there"}
    assert plan_of(selected(named=False, grant="client_credentials"), env).subject == "from-there"
    assert plan_of(selected(grant="client_credentials"), env).subject == ""


@pytest.mark.parametrize(
    "settings",
    [{"grant": "implicit"}, {"grant": 1}, PERSON | {"totp": 1}, PERSON | {"username": 1}],
)
def test_settings_that_are_none_are_refused(settings):
    with pytest.raises(ConfigError):
        plan_of(selected(**settings), {})


def test_nobody_has_to_sign_in_for_a_program():
    assert account_for(selected(**ROBOT), None) == Account("work", "c")
    assert account_for(selected(**ROBOT), "c") == Account("work", "c")
    with pytest.raises(CredentialMissingError, match="d is not signed in"):
        account_for(selected(**ROBOT), "d")


def test_a_person_has_to():
    with pytest.raises(CredentialMissingError, match="alice is not signed in at work") as caught:
        account_for(selected(**PERSON), None)
    assert caught.value.hint == "run pywry-auth login work"
    account_index().remember(Account("work", "bob"))
    with pytest.raises(CredentialMissingError):
        account_for(selected(**PERSON), None)  # the settings say whose
    assert account_for(selected(**PERSON), "bob").subject == "bob"
    account_index().remember(Account("work", "alice"))
    account_index().remember(Account("work", "bob"))
    assert account_for(selected(**PERSON), None).subject == "alice"


def test_what_renews_alone_is_the_account_of_the_settings():
    assert renews_alone(selected(**ROBOT), Account("work", "c"))
    assert not renews_alone(selected(**ROBOT), Account("work", "d"))
    assert not renews_alone(selected(**PERSON), Account("work", "alice"))
    assert not renews_alone(selected(client_id="c"), Account("work", "c"))


def test_a_refresh_token_from_elsewhere_is_good_for_a_beginning_alone(monkeypatch):
    monkeypatch.setenv("RT", "x")
    given = selected(grant="refresh_token", client_id="c", refresh_token_env="RT")
    assert renews_alone(given, Account("work", "c"), at_first=True)
    assert not renews_alone(given, Account("work", "c"))


def test_a_variable_that_is_not_set_is_named_unless_it_is_a_secret(monkeypatch):
    monkeypatch.setenv("PW", "x")
    assert secret_in("PW", "password_env", "password") == "x"
    with pytest.raises(ConfigError, match="the variable NO_PW that password_env names"):
        secret_in("NO_PW", "password_env", "password")
    with pytest.raises(ConfigError) as caught:
        secret_in("canary horse", "password_env", "password")
    assert "canary" not in str(caught.value)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o610, 0o601])
def test_a_key_is_for_its_owner_alone(tmp_path, mode):
    path = tmp_path / "key.pem"
    path.write_text("canary-key")
    path.chmod(0o600)
    assert private_key_in("key.pem", tmp_path / "providers.toml") == "canary-key"
    path.chmod(mode)
    with pytest.raises(ConfigError, match="others on this machine can read") as caught:
        private_key_in(str(path), tmp_path / "providers.toml")
    assert caught.value.hint == f"chmod 600 {path}"


def test_a_key_may_be_a_jwk_and_nothing_else(tmp_path):
    path = tmp_path / "key"
    for content, found in (('{"kty": "EC"}', {"kty": "EC"}), (" \n{}", {})):
        path.write_text(content)
        path.chmod(0o600)
        assert private_key_in("key", tmp_path / "x") == found
    for content in (b"{", b'{"keys": []}', b"\xff"):
        path.write_bytes(content)
        with pytest.raises(ConfigError, match="no private key"):
            private_key_in("key", tmp_path / "x")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes of this kind")
def test_a_key_that_is_no_file_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for name in ("pipe", "folder", "nothing"):
        with pytest.raises(ConfigError):
            private_key_in(name, tmp_path / "x")


def test_a_token_in_a_file_may_be_behind_a_link(tmp_path):
    """As Kubernetes lays them; it replaces the link when the token is a new one."""
    (tmp_path / "first").write_text("token-1\n")
    (tmp_path / "token").symlink_to("first")
    assert file_text("token", tmp_path / "x", "subject token") == "token-1"
    (tmp_path / "first").write_text(" \n")
    for name in ("token", "none", "."):
        with pytest.raises(ConfigError, match="there is no subject token"):
            file_text(name, tmp_path / "x", "subject token")


HERE = {
    "provider": "oidc",
    "issuer_url": "https://id.example.com",
    "token_url": "https://id.example.com/token",
    "client_id": "c",
}


@pytest.mark.parametrize(
    ("settings", "proof"),
    [
        ({}, NoClientAuth("c")),
        ({"client_secret": "s"}, SecretPost("c", "s")),
        ({"client_secret": "s", "auth_method": "client_secret_basic"}, SecretBasic("c", "s")),
        ({"client_secret": "s", "auth_method": "client_secret_post"}, SecretPost("c", "s")),
        ({"client_secret": "s", "auth_method": "none"}, NoClientAuth("c")),
        ({"private_key_file": "key"}, PrivateKeyJwt("c", "canary-key")),
        (
            {"private_key_file": "key", "alg": "RS256", "key_id": "k"},
            PrivateKeyJwt("c", "canary-key", "RS256", "k"),
        ),
        ({"private_key_file": "key", "grant": "jwt_bearer"}, NoClientAuth("c")),
        (
            {"private_key_file": "key", "grant": "jwt_bearer", "auth_method": "private_key_jwt"},
            PrivateKeyJwt("c", "canary-key"),
        ),
    ],
)
def test_a_client_proves_itself_as_the_settings_say_at_every_request(tmp_path, settings, proof):
    (tmp_path / "key").write_text("canary-key")
    (tmp_path / "key").chmod(0o600)
    path = tmp_path / "providers.toml"
    found = Selected("work", HERE | settings, is_named=True, is_configured=True, path=path)
    provider = make_provider(found)
    assert provider.client_auth == proof
    assert "canary" not in repr(provider.client_auth)
    if "grant" in settings:
        grant = GrantMaker(found, provider).grant(settings["grant"])
        assert grant.client_auth() == proof
        assert "canary" not in repr(grant)


def test_an_assertion_says_what_the_settings_say(tmp_path):
    (tmp_path / "key").write_text(json.dumps(private_key("ES256").as_dict(private=True)))
    (tmp_path / "key").chmod(0o600)
    said = {"grant": "jwt_bearer", "private_key_file": "key", "assertion_subject": "alice"}
    said |= {"assertion_issuer": "robot@example.com", "assertion_scope": "drive"}
    path = tmp_path / "providers.toml"
    found = Selected("work", HERE | said, is_named=True, is_configured=True, path=path)
    fields = GrantMaker(found, make_provider(found)).grant("jwt_bearer").grant_data()
    claims = json.loads(part_of(fields["assertion"], 1))
    wanted = {"iss": "robot@example.com", "sub": "alice", "scope": "drive"}
    assert claims.items() >= {**wanted, "aud": "https://id.example.com/token"}.items()
