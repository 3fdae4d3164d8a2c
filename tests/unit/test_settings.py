"""Settings: arguments, then two families of variables, then defaults."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pywry_auth.errors import ConfigError
from pywry_auth.settings import OAuth2Settings


def load(values=None, **env):
    return OAuth2Settings.load(values, env=env)


def test_the_defaults_are_the_documented_ones():
    assert load().model_dump() == {
        "provider": "custom",
        "client_id": "",
        "client_secret": "",
        "scopes": "openid email profile",
        "authorize_url": "",
        "token_url": "",
        "userinfo_url": "",
        "revocation_url": "",
        "device_url": "",
        "issuer_url": "",
        "tenant_id": "common",
        "resources": "",
        "dpop": "off",
        "use_pkce": True,
        "token_store_backend": "memory",
        "auth_timeout_seconds": 120.0,
        "refresh_buffer_seconds": 60,
        "window": "auto",
    }


def test_an_argument_beats_the_new_prefix_beats_the_old_one():
    both = {"PYWRY_AUTH_CLIENT_ID": "new", "PYWRY_OAUTH2__CLIENT_ID": "old"}
    assert load({"client_id": "given"}, **both).client_id == "given"
    assert load(**both).client_id == "new"
    assert load(PYWRY_OAUTH2__CLIENT_ID="old").client_id == "old"


@pytest.mark.parametrize("name", sorted(OAuth2Settings.model_fields))
@pytest.mark.parametrize("prefix", ["PYWRY_AUTH_", "PYWRY_OAUTH2__"])
def test_every_field_has_its_variable(name, prefix):
    words = {
        "provider": "github",
        "use_pkce": "false",
        "token_store_backend": "keyring",
        "auth_timeout_seconds": "10",
        "refresh_buffer_seconds": "10",
        "window": "browser",
        "dpop": "required",
    }
    found = load(**{prefix + name.upper(): words.get(name, "something")})
    assert name in found.model_fields_set
    assert vars(found)[name] != OAuth2Settings.model_fields[name].default


def test_the_process_s_environment_is_used_when_none_is_given(monkeypatch):
    monkeypatch.setenv("PYWRY_AUTH_CLIENT_ID", "mine")
    assert OAuth2Settings.load().client_id == "mine"
    assert OAuth2Settings().client_id == "mine"
    assert OAuth2Settings.load(env={}).client_id == ""


def test_a_dotenv_file_is_never_read(tmp_path, monkeypatch):
    (tmp_path / ".env").write_text("PYWRY_AUTH_CLIENT_ID=evil\nCLIENT_ID=evil\n")
    monkeypatch.chdir(tmp_path)
    assert OAuth2Settings.load().client_id == ""


@pytest.mark.parametrize(
    "values",
    [
        {"provider": "facebook"},
        {"auth_timeout_seconds": 9.9},
        {"auth_timeout_seconds": float("nan")},
        {"refresh_buffer_seconds": 9},
        {"token_store_backend": "clipboard"},
        {"window": "hologram"},
        {"use_pkce": "perhaps"},
        {"scopes": 5},
        {"resources": 5},
        {"dpop": "sometimes"},
    ],
    ids=str,
)
def test_a_wrong_value_names_its_field(values):
    with pytest.raises(ConfigError) as caught:
        load(values)
    assert next(iter(values)) in str(caught.value)


def test_the_secret_never_prints():
    found = load({"client_secret": "canary"})
    assert "canary" not in f"{found!r}{found}"
    with pytest.raises(ConfigError) as caught:
        load({"client_secret": ["canary"], "provider": "canary"})
    assert "canary" not in f"{caught.value}{caught.value!r}{caught.value.__cause__}"


def test_unknown_names_are_ignored():
    assert load({"colour": "blue"}, PYWRY_AUTH_NONSENSE="1").provider == "custom"


def test_scopes_may_be_any_collection():
    for scopes in ("a b", ["a", "b"], ("a", "b")):
        assert load({"scopes": scopes}).chosen_scopes == ["a", "b"]
    assert load().chosen_scopes is None
    assert load(PYWRY_AUTH_SCOPES="a").chosen_scopes == ["a"]


def test_settings_never_change():
    with pytest.raises(ValueError, match="frozen"):
        load().client_id = "x"


@given(
    st.dictionaries(
        st.sampled_from(sorted(OAuth2Settings.model_fields)),
        st.none() | st.text() | st.integers() | st.floats() | st.lists(st.text()),
    )
)
def test_any_values_are_settings_or_a_config_error(values):
    with suppress(ConfigError):  # and no other
        load(values)
