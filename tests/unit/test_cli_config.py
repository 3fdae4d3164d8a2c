import os
import tomllib
from pathlib import Path

import pytest

from pywry_auth.cli.config import (
    FILE_ONLY,
    SETTING_NAMES,
    ProvidersFile,
    config_path,
    providers_file,
    require_name,
)
from pywry_auth.cli.engine import completed, make_provider, read_settings, redirect_ports
from pywry_auth.cli.saving import NewTable
from pywry_auth.cli.selection import Selected
from pywry_auth.errors import ConfigError
from pywry_auth.providers.factory import create_provider_from_settings
from pywry_auth.settings import OAuth2Settings
from pywry_auth.tokens import OAuthTokenSet, TokenOrigin


ISSUER = "https://id.example.com"


@pytest.fixture
def written(tmp_path):
    def write(text):
        path = tmp_path / "providers.toml"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return ProvidersFile(path)

    return write


def selected(tmp_path, *, named=True, **settings):
    return Selected("work", settings, is_named=named, is_configured=True, path=tmp_path / "p.toml")


def test_the_file_knows_every_setting_and_nothing_else():
    assert set(OAuth2Settings.model_fields) == SETTING_NAMES
    assert not SETTING_NAMES & FILE_ONLY


def test_no_file_is_an_empty_one(tmp_path):
    file = ProvidersFile(tmp_path / "none.toml")
    assert file.names == []
    assert file.default is None
    assert file.oddities(None) == []


def test_the_one_provider_there_is_is_the_default(written):
    assert written("[providers.work]").default == "work"
    assert written("[providers.work]\n[providers.home]").default is None
    assert written('default = "home"\n[providers.work]\n[providers.home]').default == "home"
    assert written('default = "google"').default == "google"


@pytest.mark.parametrize("value", ['"wrok"', "3", "[]"])
def test_a_default_that_names_nothing_is_refused(written, value):
    file = written(f"default = {value}\n[providers.work]")
    with pytest.raises(ConfigError, match="names no provider") as caught:
        assert file.default
    assert "work" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[providers.work\n", "line 1"),
        ('[providers.work]\nissuer_url = "a"\nclient_id = b', "line 3"),
        (b"\xff\xfe", "is no TOML"),
        ("a = " + "[" * 5000, "is no TOML"),
        ("a = " + "9" * 5000, "is no TOML"),
        ("a." * 40_000 + "a = 1", "longer than any"),
        ("providers = 3", "providers .* is no table"),
        ("[providers]\nwork = 3", "providers.work .* is no table"),
        ('[providers."a/b"]', "cannot be the name"),
        ('[providers."a b"]', "cannot be the name"),
        ('[providers.""]', "cannot be the name"),
    ],
)
def test_a_file_that_cannot_be_used_says_where_and_why(written, text, words):
    with pytest.raises(ConfigError, match=words) as caught:
        written(text)
    assert caught.value.hint


def test_a_file_that_cannot_be_read_says_so(tmp_path):
    (tmp_path / "providers.toml").mkdir()
    with pytest.raises(ConfigError, match="cannot be read") as caught:
        ProvidersFile(tmp_path / "providers.toml")
    assert caught.value.hint


def test_a_byte_order_mark_is_no_error(written):
    assert written(b"\xef\xbb\xbf[providers.work]").names == ["work"]


def test_an_unknown_setting_gets_the_nearest_known_name(written):
    file = written('defualt = "a"\n[providers.work]\nisuer_url = "x"\n[providers.home]\nzzz = 1')
    first, second, third = file.oddities(None)
    assert "defualt (did you mean default?)" in first
    assert "isuer_url (did you mean issuer_url?) in [providers.work]" in second
    assert "unknown setting zzz in [providers.home]" in third
    assert file.oddities("home") == [first, third]


def test_a_store_the_command_line_does_not_use_is_told(written):
    (said,) = written('[providers.work]\ntoken_store_backend = "file"').oddities("work")
    assert "keyring" in said
    assert written('[providers.work]\ntoken_store_backend = "keyring"').oddities("work") == []


@pytest.mark.parametrize("prefix", ["PYWRY_AUTH_", "PYWRY_OAUTH2__"])
def test_a_store_of_the_environment_is_told_too(written, monkeypatch, prefix):
    file = written('[providers.work]\nclient_id = "x"\n')
    monkeypatch.setenv(f"{prefix}TOKEN_STORE_BACKEND", "keyring")
    assert file.oddities("work") == []
    monkeypatch.setenv(f"{prefix}TOKEN_STORE_BACKEND", "file")
    [told] = file.oddities("work")
    assert told.startswith(f"{prefix}TOKEN_STORE_BACKEND does not count here")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_literal_secret_that_others_can_read_is_refused(written, mode):
    file = written('[providers.work]\nclient_secret = "canary"\n[providers.home]')
    file.path.chmod(mode)
    with pytest.raises(ConfigError, match="others on this machine") as caught:
        file.require_private("work")
    assert "chmod 600" in caught.value.hint
    assert "client_secret_env" in caught.value.hint
    file.require_private("home")
    file.path.chmod(0o600)
    file.require_private("work")


def test_where_the_file_is():
    assert config_path("a.toml", {}) == Path("a.toml")
    assert config_path(None, {"PYWRY_AUTH_CONFIG": "b.toml"}) == Path("b.toml")
    assert config_path("a.toml", {"PYWRY_AUTH_CONFIG": "b.toml"}) == Path("a.toml")
    assert config_path(None, {}).name == "providers.toml"


def test_a_file_asked_for_by_name_must_be_there(tmp_path, monkeypatch):
    with pytest.raises(ConfigError, match="there is no file") as caught:
        providers_file(str(tmp_path / "none.toml"))
    assert caught.value.hint == "correct --config"
    assert providers_file(str(tmp_path / "none.toml"), may_be_new=True).names == []
    monkeypatch.setenv("PYWRY_AUTH_CONFIG", str(tmp_path / "none.toml"))
    with pytest.raises(ConfigError, match="there is no file") as caught:
        providers_file(None)
    assert "PYWRY_AUTH_CONFIG" in caught.value.hint


@pytest.mark.parametrize("name", ["", "a/b", "a b", "-a", "a\\b", "a\nb", 'a"b'])
def test_a_name_that_could_be_mistaken_is_refused(name):
    with pytest.raises(ConfigError):
        require_name(name)


def test_saving_keeps_what_the_person_wrote(tmp_path):
    path = tmp_path / "new" / "providers.toml"
    settings = {"provider": "oidc", "issuer_url": ISSUER, "client_id": "desktop"}
    NewTable(ProvidersFile(path), "work", settings, may_change=False).write()
    path.write_text("# mine\n" + path.read_text() + 'window = "browser"  # also mine\n')
    more = {**settings, "redirect_ports": [8765]}
    NewTable(ProvidersFile(path), "work", more, may_change=False).write()
    NewTable(ProvidersFile(path), "home", settings, may_change=False).write()
    text = path.read_text()
    assert text.startswith("# mine\n")
    assert "# also mine" in text
    found = tomllib.loads(text)["providers"]
    assert found == {"work": {**more, "window": "browser"}, "home": settings}
    if os.name != "nt":
        assert path.stat().st_mode & 0o777 == 0o600


def test_saving_through_a_link_keeps_the_link(tmp_path):
    real, link = tmp_path / "dotfiles.toml", tmp_path / "providers.toml"
    real.write_text("")
    link.symlink_to(real)
    NewTable(ProvidersFile(link), "work", {"client_id": "a"}, may_change=False).write()
    assert link.is_symlink()
    assert tomllib.loads(real.read_text())["providers"]["work"]["client_id"] == "a"


def test_another_provider_does_not_take_a_name_that_is_taken(written):
    file = written(f'[providers.work]\nissuer_url = "{ISSUER}"\nclient_id = "a"')
    other = {"issuer_url": "https://other.example", "client_id": "a"}
    before = file.path.read_text()
    with pytest.raises(ConfigError, match="another issuer_url") as caught:
        NewTable(file, "work", other, may_change=False)
    assert "--save work" in caught.value.hint
    assert file.path.read_text() == before
    NewTable(file, "work", other, may_change=True).write()
    assert tomllib.loads(file.path.read_text())["providers"]["work"] == other


def test_a_file_that_cannot_be_written_is_told(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    table = NewTable(ProvidersFile(tmp_path / "p.toml"), "work", {}, may_change=False)
    table.path = blocked / "providers.toml"
    with pytest.raises(ConfigError, match="cannot be written") as caught:
        table.write()
    assert caught.value.hint


def test_the_secret_comes_from_the_variable(tmp_path, monkeypatch):
    monkeypatch.setenv("WORK_SECRET", "canary")
    chosen = selected(tmp_path, client_id="a", issuer_url=ISSUER, client_secret_env="WORK_SECRET")
    assert read_settings(chosen).client_secret == "canary"
    assert "canary" not in repr(chosen)
    assert "canary" not in repr(make_provider(chosen))


@pytest.mark.parametrize(
    ("named", "is_told"), [("WORK_SECRET", True), ("canary-secret", False), ("s3cr3t", False)]
)
def test_a_variable_that_is_not_set_is_named_unless_it_may_be_a_secret(tmp_path, named, is_told):
    with pytest.raises(ConfigError, match="is not set") as caught:
        read_settings(selected(tmp_path, client_secret_env=named))
    assert (named in str(caught.value)) is is_told


def test_the_environment_speaks_for_an_unnamed_provider_only(tmp_path, monkeypatch):
    monkeypatch.setenv("PYWRY_AUTH_CLIENT_ID", "from-env")
    assert read_settings(selected(tmp_path)).client_id == ""
    assert read_settings(selected(tmp_path, named=False)).client_id == "from-env"
    assert read_settings(selected(tmp_path, named=False, client_id="a")).client_id == "a"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"window": "mirror"}, "window"),
        ({"client_id": 3}, "client_id"),
        ({"auth_timeout_seconds": 1}, "auth_timeout_seconds"),
        ({"use_pkce": "perhaps"}, "use_pkce"),
        ({"provider": "gogle"}, "provider"),
    ],
)
def test_a_setting_that_cannot_be_used_names_itself_and_its_provider(tmp_path, settings, words):
    with pytest.raises(ConfigError, match=f"^work: .*{words}") as caught:
        read_settings(selected(tmp_path, **settings))
    assert "p.toml" in caught.value.hint


def test_a_stored_sign_in_says_where_it_came_from_if_nothing_else_does(tmp_path, monkeypatch):
    tokens = OAuthTokenSet("canary", origin=TokenOrigin(ISSUER, "stored", "1"))
    unnamed = selected(tmp_path, named=False)
    known = {"provider": "oidc", "issuer_url": ISSUER, "client_id": "stored"}
    assert completed(unnamed, tokens).settings == known
    preset = selected(tmp_path, provider="github")
    assert completed(preset, tokens).settings == {"provider": "github", "client_id": "stored"}
    whole = selected(tmp_path, client_id="a")
    assert completed(whole, tokens) is whole
    assert completed(unnamed, OAuthTokenSet("canary")) is unnamed
    monkeypatch.setenv("PYWRY_AUTH_CLIENT_ID", "from-env")
    assert completed(unnamed, tokens) is unnamed


@pytest.mark.parametrize("ports", [8765, "8765", [70000], ["a"], [-1]])
def test_ports_that_are_none_are_refused_with_an_example(tmp_path, ports):
    with pytest.raises(ConfigError, match="redirect_ports") as caught:
        redirect_ports(selected(tmp_path, redirect_ports=ports))
    assert "[8765, 8766]" in caught.value.hint


def test_any_free_port_will_do_where_nothing_is_said(tmp_path):
    assert redirect_ports(selected(tmp_path)) == (0,)
    assert redirect_ports(selected(tmp_path, redirect_ports=[])) == (0,)
    assert redirect_ports(selected(tmp_path, redirect_ports=[8766, 8765])) == (8766, 8765)


def test_parameters_of_the_page_are_text(tmp_path):
    with pytest.raises(ConfigError, match="authorize_params") as caught:
        make_provider(selected(tmp_path, authorize_params=["prompt"]))
    assert "table of strings" in caught.value.hint


@pytest.mark.parametrize("name", ["state", "nonce", "redirect_uri", "code_challenge", "client_id"])
def test_no_setting_overrules_what_protects_a_sign_in(tmp_path, name):
    chosen = selected(
        tmp_path, provider="oidc", issuer_url=ISSUER, client_id="a", authorize_params={name: "x"}
    )
    with pytest.raises(ConfigError, match=name):
        make_provider(chosen)


def test_a_setting_beats_what_was_only_suggested(tmp_path):
    chosen = selected(
        tmp_path,
        provider="oidc",
        issuer_url=ISSUER,
        client_id="a",
        authorize_params={"login_hint": "bob", "prompt": "login"},
    )
    found = make_provider(chosen, suggested={"login_hint": "alice", "ui": "x"}).authorize_params
    assert found == {"login_hint": "bob", "prompt": "login", "ui": "x"}


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"client_id": "a"},
        {"provider": "oidc", "client_id": "a"},
        {"provider": "oidc", "issuer_url": ISSUER},
        {"provider": "oidc", "issuer_url": "http://id.example.com", "client_id": "a"},
    ],
)
def test_a_provider_that_is_not_whole_says_what_to_do(tmp_path, settings, named):
    with pytest.raises(ConfigError) as caught:
        make_provider(selected(tmp_path, named=named, **settings))
    assert caught.value.hint


def test_the_provider_carries_the_name_the_person_gave_it(tmp_path):
    chosen = selected(tmp_path, provider="github", client_id="a")
    assert make_provider(chosen).name == "work"
    assert create_provider_from_settings({"provider": "github", "client_id": "a"}).name != "work"
