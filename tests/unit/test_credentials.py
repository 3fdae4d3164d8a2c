"""What applications and users present to providers (4A.5 to 4A.7, 4A.12, 4A.28)."""

import logging
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest
from pydantic import AliasChoices, Field, ValidationError

from pywry_auth import AppCredentials, UserCredentials
from pywry_auth.integrations import OAuth2AppCredentials, available_auth_providers
from pywry_auth.integrations.credentials.app_credentials import Secret
from pywry_auth.tokens import OAuthTokenSet


SECRET = "hemmelig-4711"


class AcmeAppCredentials(OAuth2AppCredentials):
    environment: ClassVar = {
        "api_key": ("ACME_API_KEY", "ACME_KEY"),
        "client_id": ("ACME_CLIENT_ID",),
    }
    shown: ClassVar = frozenset({"region"})

    api_key: str = ""
    region: str = "eu"


class AcmeBranchCredentials(AcmeAppCredentials):
    environment: ClassVar = {"region": ("ACME_REGION",), "client_id": ("ACME_BRANCH_ID",)}


DOCUMENTED = {
    "asana": {
        "token": ("ASANA_ACCESS_TOKEN", "ASANA_TOKEN", "ASANA_PAT"),
        "workspace_gid": ("ASANA_WORKSPACE_GID",),
    },
    "github": {
        "token": ("GITHUB_TOKEN", "GH_TOKEN"),
        "client_id": ("GITHUB_CLIENT_ID",),
        "client_secret": ("GITHUB_CLIENT_SECRET",),
    },
    "google": {
        "token": ("GOOGLE_TOKEN",),
        "access_token": ("GOOGLE_ACCESS_TOKEN", "GOOGLE_OAUTH_ACCESS_TOKEN"),
        "client_id": ("GOOGLE_CLIENT_ID",),
        "client_secret": ("GOOGLE_CLIENT_SECRET",),
    },
    "hubspot": {
        "private_app_token": ("HUBSPOT_ACCESS_TOKEN", "HUBSPOT_PRIVATE_APP_TOKEN"),
        "token": ("HUBSPOT_TOKEN",),
    },
    "microsoft": {
        "token": ("MICROSOFT_TOKEN", "MICROSOFT_ACCESS_TOKEN", "MS_GRAPH_TOKEN"),
        "client_id": ("MICROSOFT_CLIENT_ID", "AZURE_CLIENT_ID"),
        "tenant_id": ("MICROSOFT_TENANT_ID", "AZURE_TENANT_ID"),
    },
    "notion": {"token": ("NOTION_TOKEN", "NOTION_API_KEY"), "version": ("NOTION_VERSION",)},
    "slack": {
        "bot_token": ("SLACK_BOT_TOKEN",),
        "user_token": ("SLACK_USER_TOKEN",),
        "token": ("SLACK_TOKEN",),
    },
}
ALIASES = [
    (key, field, position)
    for key, fields in DOCUMENTED.items()
    for field, names in fields.items()
    for position in range(len(names))
]


def word(variable):
    return f"from-{variable}".replace("_", "-")  # a tenant is a part of an address


@pytest.mark.parametrize(("key", "field", "position"), ALIASES)
def test_4a_05_each_documented_variable_fills_its_field(key, field, position, monkeypatch):
    model = available_auth_providers()[key].app_credentials_class
    names = DOCUMENTED[key][field]
    for later in names[position:]:  # those before it say nothing, so it is the first
        monkeypatch.setenv(later, word(later))
    for earlier in names[:position]:
        monkeypatch.setenv(earlier, "  ")
    assert dict(model())[field] == word(names[position])
    assert dict(model(**{field: "explicit"}))[field] == "explicit"
    assert dict(model(**{field: None}))[field] == word(names[position])


@pytest.mark.parametrize("key", sorted(DOCUMENTED))
def test_a_quiet_environment_configures_no_token(key):
    model = available_auth_providers()[key].app_credentials_class
    found = dict(model.load(env={}))
    assert not any(value for name, value in found.items() if name.endswith("token"))


def test_4a_05_an_explicit_nothing_beats_the_environment():
    env = {"ACME_API_KEY": "from-env"}
    assert AcmeAppCredentials.load({"api_key": ""}, env=env).api_key == ""
    assert AcmeAppCredentials.load({}, env=env).api_key == "from-env"


def test_an_argument_beats_the_environment_under_any_of_its_names():
    class Aliased(AppCredentials):
        environment: ClassVar = {"key": ("ACME_KEY",)}
        key: str = Field(default="", validation_alias=AliasChoices("key", "api_key"))

    env = {"ACME_KEY": "from-env"}
    assert Aliased.load({"api_key": "explicit"}, env=env).key == "explicit"
    assert Aliased.load({"key": "explicit"}, env=env).key == "explicit"
    assert Aliased.load(env=env).key == "from-env"


def test_a_variable_is_read_without_the_newline_of_its_file():
    assert AcmeAppCredentials.load(env={"ACME_KEY": " key\n"}).api_key == "key"


def test_a_class_below_adds_variables_and_replaces_those_of_a_field():
    env = {"ACME_KEY": "key", "ACME_REGION": "us", "ACME_CLIENT_ID": "old", "ACME_BRANCH_ID": "new"}
    found = AcmeBranchCredentials.load(env=env)
    assert (found.api_key, found.region, found.client_id) == ("key", "us", "new")


def test_a_misspelt_field_is_told_by_name_alone():
    with pytest.raises(ValidationError, match="api_kee") as caught:
        AcmeAppCredentials(api_kee=SECRET)
    assert SECRET not in str(caught.value)


def test_app_credentials_never_change():
    found = AcmeAppCredentials(api_key="key")
    with pytest.raises(ValidationError):
        found.api_key = "other"


def test_both_names_of_the_authorization_url_mean_the_same():
    url = "https://op.example/authorize"
    for name in ("authorization_url", "authorize_url"):
        found = OAuth2AppCredentials(**{name: url})
        assert (found.authorization_url, found.authorize_url) == (url, url)
    both = OAuth2AppCredentials(authorization_url=url, authorize_url="https://other.example/")
    assert both.authorization_url == url


def test_both_names_beat_what_a_service_has():
    model = available_auth_providers()["github"].app_credentials_class
    for name in ("authorization_url", "authorize_url"):
        assert model.load({name: "https://ghe.example/a"}, env={}).authorize_url == (
            "https://ghe.example/a"
        )


@pytest.mark.parametrize("field", ["authorization_url", "token_url"])
@pytest.mark.parametrize(
    "url", ["http://op.example/", "ftp://op.example/", "op.example", "https://u:p@op.example/"]
)
def test_addresses_are_https_or_on_this_machine(field, url):
    with pytest.raises(ValidationError):
        OAuth2AppCredentials(**{field: url})
    assert OAuth2AppCredentials(**{field: "http://127.0.0.1:8000/x"})


def test_the_tenant_decides_the_addresses_of_microsoft():
    model = available_auth_providers()["microsoft"].app_credentials_class
    usual, own = model.load(env={}), model.load(env={"AZURE_TENANT_ID": "acme.example"})
    assert usual.token_url == "https://login.microsoftonline.com/common/oauth2/v2.0/token"
    assert own.authorization_url == (
        "https://login.microsoftonline.com/acme.example/oauth2/v2.0/authorize"
    )
    given = model.load({"token_url": "https://other.example/token"}, env={})
    assert given.token_url == "https://other.example/token"
    with pytest.raises(ValidationError, match="tenant_id"):
        model.load({"tenant_id": "a/../b"}, env={})


def test_the_issuer_of_google_is_not_expected_of_somebody_else():
    model = available_auth_providers()["google"].app_credentials_class
    assert model.load(env={}).issuer == "https://accounts.google.com"
    fake = {"authorize_url": "http://127.0.0.1:8000/authorize"}
    assert model.load(fake, env={}).issuer == ""
    assert model.load(fake | {"issuer": "https://op.example"}, env={}).issuer.startswith("https")


SECRET_FIELDS = [
    AppCredentials(),
    AcmeAppCredentials(api_key=SECRET, client_secret=SECRET),
    UserCredentials(
        access_token=SECRET, refresh_token=SECRET, id_token=SECRET, odd={"api_key": SECRET}
    ),
    *(
        cls.app_credentials_class.load(
            {
                name: SECRET
                for name in cls.app_credentials_class.model_fields
                if name.endswith(("token", "secret"))
            },
            env={},
        )
        for cls in available_auth_providers().values()
    ),
    *(
        cls.user_credentials_class(access_token=SECRET, refresh_token=SECRET, user_token=SECRET)
        for cls in available_auth_providers().values()
    ),
]


@pytest.mark.parametrize("model", SECRET_FIELDS, ids=lambda model: type(model).__name__)
def test_4a_12_no_secret_of_credentials_is_shown(model, caplog):
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("test").warning("%s %r %s", model, model, [model])
    shown = repr(model) + str(model) + f"{model}" + repr({"in": model}) + caplog.text
    assert SECRET not in shown


def test_what_may_be_shown_is_shown():
    shown = repr(AcmeAppCredentials(api_key=SECRET, client_id="acme-1", region="us"))
    assert shown == "AcmeAppCredentials(client_id='acme-1', region='us')"
    assert "scope='repo'" in repr(UserCredentials(access_token=SECRET, scope="repo"))


def test_no_secret_is_in_the_complaint_about_it():
    for bad in (
        {"access_token": [SECRET]},
        {"access_token": f"{SECRET}\r\nx"},
        {"expires_at": SECRET},
        {"expires_in": SECRET},
        {"scope": {SECRET: 1}},
    ):
        with pytest.raises(ValidationError) as caught:
            UserCredentials(**bad)
        assert SECRET not in str(caught.value)
    with pytest.raises(ValidationError) as caught:
        available_auth_providers()["github"].app_credentials_class(token=f"{SECRET} {SECRET}")
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("repo user", "repo user"),
        (["repo", "user"], "repo user"),
        (("repo", "user"), "repo user"),
        ({"user", "repo"}, "repo user"),
        (frozenset({"repo"}), "repo"),
        ([], ""),
        ("", ""),
        (None, ""),
    ],
    ids=repr,
)
def test_4a_28_a_scope_is_read_from_text_words_or_nothing_and_written_as_text(given, kept):
    found = UserCredentials(scope=given)
    assert found.scope == kept
    assert found.scopes == tuple(kept.split())
    assert found.to_record()["scope"] == kept


@pytest.mark.parametrize("bad", [5, b"repo", [1, 2], {"repo": True}], ids=repr)
def test_a_scope_of_anything_else_is_refused(bad):
    with pytest.raises(ValidationError):
        UserCredentials(scope=bad)


def test_scopes_are_split_where_the_provider_puts_commas():
    model = available_auth_providers()["github"].user_credentials_class
    assert model(access_token="t", scope="repo,user").scopes == ("repo", "user")


MOMENT = 1_767_225_600.0


@pytest.mark.parametrize(
    "given",
    [
        MOMENT,
        int(MOMENT),
        str(int(MOMENT)),
        "2026-01-01T00:00:00Z",
        "2026-01-01T01:00:00+01:00",
        datetime(2026, 1, 1, tzinfo=UTC),
        datetime(2026, 1, 1),  # noqa: DTZ001 - without a zone it is UTC
        datetime.fromtimestamp(MOMENT, UTC).astimezone(),
    ],
    ids=repr,
)
def test_an_end_is_read_in_every_form_it_comes_in(given):
    assert UserCredentials(expires_at=given).expires_at == MOMENT
    assert UserCredentials(refresh_expires_at=given).refresh_expires_at == MOMENT


@pytest.mark.parametrize("bad", [True, -1, "nan", "inf", 1e15, "soon", [1], float("nan")], ids=repr)
@pytest.mark.parametrize("name", ["expires_at", "expires_in", "refresh_expires_in", "issued_at"])
def test_nonsense_is_no_end(name, bad):
    with pytest.raises(ValidationError):
        UserCredentials(**{name: bad})


def test_a_life_is_counted_from_when_the_tokens_came():
    found = UserCredentials(expires_in="3600", refresh_expires_in=7200, issued_at=MOMENT)
    assert (found.expires_at, found.refresh_expires_at) == (MOMENT + 3600, MOMENT + 7200)
    now = datetime.now(UTC).timestamp()
    fresh = UserCredentials(expires_in=60)
    assert now <= fresh.expires_at - 60 <= now + 5
    assert UserCredentials(expires_in=60, expires_at=MOMENT).expires_at == MOMENT


def test_credentials_are_expired_early_but_never_for_half_of_their_life():
    end = MOMENT + 3600
    long = UserCredentials(expires_at=end, issued_at=MOMENT)
    assert not long.is_expired(end - 31, 30)
    assert long.is_expired(end - 30, 30)
    assert long.is_expired(end)
    short = UserCredentials(expires_at=MOMENT + 20, issued_at=MOMENT)
    assert not short.is_expired(MOMENT + 9, 30)
    assert short.is_expired(MOMENT + 10, 30)
    unknown_start = UserCredentials(expires_at=MOMENT + 20)
    assert unknown_start.is_expired(MOMENT, 30)
    assert not UserCredentials().is_expired(MOMENT + 1e9, 30)


@pytest.mark.parametrize(
    ("sent", "scheme"),
    [("bearer", "Bearer"), ("Bearer", "Bearer"), ("token", "token"), ("dpop", "DPoP")],
)
def test_a_scheme_is_named_as_headers_name_it(sent, scheme):
    assert UserCredentials(token_type=sent).scheme == scheme


def test_a_record_holds_everything_that_came_but_the_answer_itself():
    found = UserCredentials(
        access_token="a",
        refresh_token="r",
        expires_at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=0.5),
        raw={"everything": SECRET},
        workspace={"id": [1, 2]},
    )
    record = found.to_record()
    assert record == {
        "access_token": "a",
        "refresh_token": "r",
        "token_type": "Bearer",
        "expires_at": MOMENT + 0.5,
        "scope": "",
        "workspace": {"id": [1, 2]},
    }
    assert UserCredentials.model_validate(record) == found


def test_a_record_of_what_json_cannot_say_is_refused():
    with pytest.raises(TypeError, match="JSON") as caught:
        UserCredentials(odd=object()).to_record()
    assert "object at" not in str(caught.value)


def test_secrets_of_a_header_are_checked_where_they_come_in():
    for bad in ("a\nb", "a b", "naïve", "a\x00"):
        with pytest.raises(ValidationError):
            UserCredentials(access_token=bad)

        class Own(AppCredentials):
            key: Secret = ""

        with pytest.raises(ValidationError):
            Own(key=bad)


def test_built_in_user_credentials_are_nothing_without_a_token():
    for cls in available_auth_providers().values():
        for bad in ({}, {"access_token": ""}, {"token": SECRET}):
            with pytest.raises(ValidationError, match="access_token") as caught:
                cls.user_credentials_class(**bad)
            assert SECRET not in str(caught.value)


def test_what_a_sign_in_brought_becomes_credentials():
    tokens = OAuthTokenSet(
        SECRET,
        token_type="bearer",
        refresh_token="r",
        expires_in=3600,
        id_token="h.p.s",
        scope="openid email",
        raw={"team": "T0"},
        issued_at=MOMENT,
    )
    github = available_auth_providers()["github"].user_credentials_class
    for kind in (UserCredentials, github):
        found = kind.from_tokens(tokens)
        assert type(found) is kind
        assert found.to_record() == {
            "access_token": SECRET,
            "token_type": "bearer",
            "refresh_token": "r",
            "expires_at": MOMENT + 3600,
            "issued_at": MOMENT,
            "scope": "openid email",
            "id_token": "h.p.s",
        }
    assert UserCredentials.from_tokens(OAuthTokenSet("a", issued_at=1.0)).expires_at is None
