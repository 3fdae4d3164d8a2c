import json
import os

import pytest

from pywry_auth.account_index import Account, AccountIndex
from pywry_auth.cli.arguments import Arguments
from pywry_auth.cli.output import Output
from pywry_auth.cli.parser import read_arguments
from pywry_auth.cli.selection import Selected, account_index, select_account, select_provider
from pywry_auth.errors import (
    ConfigError,
    CredentialMissingError,
    ProviderNotFoundError,
    StoreError,
)
from pywry_auth.tokens import OAuthTokenSet, TokenOrigin


TWO = """
default = "home"
[providers.work]
issuer_url = "https://id.example.com"
client_id = "desktop"
scopes = "openid"
[providers.home]
provider = "github"
client_id = "gh"
"""


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    for name in os.environ:
        if name.startswith(("PYWRY_AUTH_", "PYWRY_OAUTH2__")):
            monkeypatch.delenv(name)
    return tmp_path


@pytest.fixture
def file(home):
    path = home / "pywry-auth" / "providers.toml"
    path.parent.mkdir()
    path.write_text(TWO)
    return path


def chosen(*words):
    return select_provider(read_arguments(["login", *words]), Output())


@pytest.mark.usefixtures("file")
def test_the_default_is_meant_where_none_is_named():
    assert chosen().name == "home"


@pytest.mark.usefixtures("file")
def test_flags_that_do_not_describe_a_provider_still_mean_the_default():
    found = chosen("--ports", "8765", "--scopes", "read:user")
    assert found.name == "home"
    assert found.settings["redirect_ports"] == [8765]
    assert found.settings["scopes"] == "read:user"


@pytest.mark.usefixtures("file")
def test_flags_beat_the_file_for_a_named_provider():
    found = chosen("work", "--scopes", "openid email")
    assert found.settings["scopes"] == "openid email"
    assert found.settings["client_id"] == "desktop"
    assert found.settings["provider"] == "oidc"
    assert found.is_named


@pytest.mark.usefixtures("file")
def test_flags_alone_describe_an_unnamed_provider():
    found = chosen("--issuer", "https://other.example", "--client-id", "x")
    assert found.name == "default"
    assert not found.is_named
    assert not found.is_configured


@pytest.mark.usefixtures("file")
def test_a_provider_that_is_saved_has_that_name_from_the_first_sign_in():
    found = chosen("--issuer", "https://other.example", "--client-id", "x", "--save", "other")
    assert (found.name, found.is_named, found.is_configured) == ("other", True, True)
    assert chosen("work", "--save", "copy").name == "copy"


@pytest.mark.usefixtures("file")
def test_a_preset_needs_no_table():
    found = chosen("google", "--client-id", "x")
    assert found.settings == {"provider": "google", "client_id": "x"}


def test_the_environment_describes_an_unnamed_provider(monkeypatch):
    monkeypatch.setenv("PYWRY_AUTH_CLIENT_ID", "x")
    assert not chosen().is_named


@pytest.mark.usefixtures("file")
def test_a_named_provider_that_is_not_there_gets_the_nearest():
    with pytest.raises(ProviderNotFoundError) as caught:
        chosen("wrok")
    assert caught.value.hint == "did you mean work?"
    with pytest.raises(ProviderNotFoundError) as caught:
        chosen("zzz")
    assert caught.value.hint == "configured are work, home"


def test_where_nothing_is_configured_the_first_step_is_shown():
    with pytest.raises(ConfigError, match="no provider is configured") as caught:
        chosen()
    assert caught.value.hint.startswith("pywry-auth login --issuer")
    with pytest.raises(ProviderNotFoundError) as caught:
        chosen("work")
    assert "--save work" in caught.value.hint


def test_several_without_a_default_are_named(file):
    file.write_text(TWO.replace('default = "home"', ""))
    with pytest.raises(ConfigError, match="which provider") as caught:
        chosen()
    assert "work, home" in caught.value.hint


def test_the_only_one_signed_in_is_meant_where_nothing_is_configured():
    account_index().remember(Account("default", "1"))
    assert chosen().name == "default"


def test_oddities_of_what_is_meant_are_told(file, capsys):
    file.write_text(TWO + 'scope = "x"\n')
    chosen("home")
    assert "unknown setting scope (did you mean scopes?)" in capsys.readouterr().err
    chosen("work")
    assert capsys.readouterr().err == ""


def test_a_secret_of_a_provider_is_not_printed(file):
    file.write_text(TWO + 'client_secret = "canary"\n')
    file.chmod(0o600)
    assert "canary" not in repr(chosen("home"))


@pytest.mark.usefixtures("file")
def test_the_account_last_used_is_meant_unless_one_is_named():
    for subject, label in (("1", "alice@example.com"), ("2", "Bob@example.com")):
        account_index().remember(Account("work", subject, label))
    work = chosen("work")
    assert select_account(work, None).subject == "2"
    assert select_account(work, "1").subject == "1"
    assert select_account(work, "bob@example.com").subject == "2"
    with pytest.raises(CredentialMissingError, match="carol is not signed in at work") as caught:
        select_account(work, "carol")
    assert "alice@example.com" in caught.value.hint


@pytest.mark.usefixtures("file")
def test_nobody_signed_in_is_told_how():
    with pytest.raises(CredentialMissingError, match="nobody is signed in at work") as caught:
        select_account(chosen("work"), None)
    assert caught.value.hint == "run pywry-auth login work"


@pytest.mark.parametrize(
    ("origin", "may"),
    [
        (None, True),
        (TokenOrigin("https://id.example.com", "desktop", "1"), True),
        (TokenOrigin("https://id.example.com/", "desktop", "1"), True),
        (TokenOrigin("https://other.example", "desktop", "1"), False),
        (TokenOrigin("https://id.example.com", "other", "1"), False),
    ],
)
@pytest.mark.usefixtures("file")
def test_tokens_of_another_provider_are_told_apart(origin, may):
    assert chosen("work").may_use(OAuthTokenSet("a", origin=origin)) is may


def test_tokens_of_another_token_endpoint_are_told_apart(home):
    settings = {"client_id": "c", "token_url": "https://a.example/token"}
    found = Selected("work", settings, is_named=True, is_configured=True, path=home)
    for endpoint, may in (("https://a.example/token", True), ("https://b.example/token", False)):
        tokens = OAuthTokenSet("a", origin=TokenOrigin(endpoint, "c", "1"))
        assert found.may_use(tokens) is may


def test_what_nothing_is_known_of_may_use_its_tokens(home):
    found = Selected("default", {}, is_named=False, is_configured=False, path=home)
    assert found.may_use(OAuthTokenSet("a", origin=TokenOrigin("https://x.example", "c", "1")))


def test_the_command_line_s_arguments_have_defaults():
    assert Arguments().named is None
    assert Arguments().registration == {}


def test_an_account_index_remembers_the_last_first(tmp_path):
    index = AccountIndex(tmp_path / "new" / "accounts.json")
    assert index.accounts() == []
    alice, bob = Account("work", "1", "alice"), Account("work", "2", "bob")
    index.remember(alice)
    index.remember(bob)
    index.remember(alice)
    assert index.accounts("work") == [alice, bob]
    assert index.accounts("home") == []
    assert index.current("work") == alice
    assert index.generation == 3
    index.forget(alice)
    index.forget(alice)
    assert index.accounts() == [bob]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"v": 1}', b'{"accounts": 3}', b"\xff"])
def test_a_damaged_account_index_is_told_and_made_anew(tmp_path, content, caplog):
    path = tmp_path / "accounts.json"
    path.write_bytes(content)
    index = AccountIndex(path)
    assert index.accounts() == []
    assert "accounts.damaged" in caplog.text
    index.remember(Account("work", "1"))
    assert index.accounts() == [Account("work", "1")]


def test_entries_of_an_account_index_that_are_none_are_left_out(tmp_path):
    path = tmp_path / "accounts.json"
    good = {"provider": "work", "subject": "1", "label": 3, "signed_in_at": "x", "more": 1}
    path.write_text(json.dumps({"v": 1, "accounts": [good, {"provider": "work"}, 3, None]}))
    assert AccountIndex(path).accounts() == [Account("work", "1")]


def test_an_account_index_of_a_newer_release_is_left_alone(tmp_path):
    path = tmp_path / "accounts.json"
    path.write_text('{"v": 2, "accounts": []}')
    with pytest.raises(StoreError, match="newer release"):
        AccountIndex(path).remember(Account("work", "1"))
    assert path.read_text() == '{"v": 2, "accounts": []}'


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_an_account_index_is_for_its_owner_alone(tmp_path):
    index = AccountIndex(tmp_path / "new" / "accounts.json")
    index.remember(Account("work", "1"))
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "new" / "accounts.json").stat().st_mode & 0o777 == 0o600
