"""What hostile servers, odd callers and half-broken stores do to working sessions."""

import asyncio
import enum
import gzip
import json
import threading
from base64 import b64decode
from contextlib import AsyncExitStack, suppress
from urllib.parse import parse_qsl, quote, quote_plus, unquote_plus

import httpx
import pytest
from pydantic import ValidationError

from pywry_auth import AuthManager, Integrations, MemoryTokenStore
from pywry_auth.errors import (
    AuthError,
    CallbackError,
    ConfigError,
    CredentialMissingError,
    NotFoundError,
    ProviderNotFoundError,
    StoreUnavailableError,
    TokenError,
    TransportError,
)
from pywry_auth.integrations import (
    AuthProvider,
    InMemoryCredentialStore,
    OAuth2AppCredentials,
    OAuth2Flow,
    ProviderSettings,
    Target,
    TokenCredentialStore,
    UserCredentials,
)
from pywry_auth.integrations.stores.credential_records import record_key, record_text
from pywry_auth.integrations.subjects import subject_key
from pywry_auth.integrations.targets import (
    Gmail,
    GoogleCalendar,
    GoogleDocs,
    GoogleSheets,
    MicrosoftGraph,
)
from pywry_auth.integrations.working.stored_credentials import StoredCredentials
from pywry_auth.protocol.told import Removing
from pywry_auth.protocol.wire import WireReply
from pywry_auth.testing import VirtualClock
from tests.resource_kit import Given, Resource, moved
from tests.unit.test_refreshing import NOW, expired
from tests.unit.test_refreshing import Desk as RefreshDesk
from tests.unit.test_refreshing import Provider as RefreshProvider
from tests.unit.test_refreshing import Store as RefreshStore


CANARY = "canary-5c1d-token"


def json_slashes(text):
    return text.replace("/", "\\/")


def percent(text):
    return quote(text, safe="")


def form(text):
    return quote_plus(text).lower()


class Person(str, enum.Enum):  # noqa: UP042 (as programs wrote them before StrEnum)
    ALICE = "alice"


class Name(str, enum.Enum):  # noqa: UP042 (as above)
    GITHUB = "GitHub"


def github(**options):
    return AuthManager(auto_configure=False, github={"token": "of-the-app"}, **options)


def held(manager, **asked):
    """Open a session; give the token of each target."""

    async def scenario():
        async with manager.session(**{"subject": "alice", **asked}) as integrations:
            return {name: integrations[name].settings.token for name in integrations}

    return asyncio.run(scenario())


# Whose record it is


@pytest.mark.parametrize(
    "subject", [{1: "a"}, {True: "a"}, {None: "a"}, {"of": {1: "a"}}, {"of": [{1: "a"}]}]
)
def test_a_subject_whose_names_json_would_change_is_refused(subject):
    # {1: ...} would share the record of {"1": ...}.
    with pytest.raises(TypeError, match="strings"):
        subject_key(subject)


def test_a_subject_too_deep_for_json_is_a_type_error():
    subject = {}
    for _ in range(100_000):
        subject = {"of": subject}
    with pytest.raises(TypeError, match="JSON"):
        subject_key(subject)


def test_a_subject_out_of_an_enumeration_is_its_value():
    assert subject_key(Person.ALICE) == subject_key("alice")


def test_a_slash_in_the_name_of_a_provider_reaches_into_no_other_ones_records():
    assert record_key("acme/s:b", "c") != record_key("acme", "b/s:c")
    assert record_key("a%2Fb", "c") != record_key("a/b", "c")


def test_names_in_a_record_that_json_would_change_are_refused_however_deep():
    with pytest.raises(TypeError, match="strings"):
        record_text({"access_token": CANARY, "team": {1: "a"}})


def test_a_name_out_of_an_enumeration_is_its_value():
    assert Name.GITHUB in github()
    assert held(github(), providers=[Name.GITHUB]) == {"github": "of-the-app"}


# Names


def test_what_is_given_under_two_spellings_is_refused_before_one_is_lost():
    one, other = {"token": "one"}, {"token": "other"}
    for act in (
        lambda: AuthManager(auto_configure=False, github=one, git_hub=other),
        lambda: Integrations(auto_configure=False, github=one, git_hub=other),
        lambda: Integrations(auto_configure=False, github=one).overrides(github=one, GitHub=other),
        lambda: held(github(), overrides={"GitHub": one, "github": other}),
        lambda: held(
            github(),
            with_credentials={"GitHub": {"access_token": "1"}, "github": {"access_token": "2"}},
        ),
    ):
        with pytest.raises(ConfigError, match="github twice"):
            act()


class Fixed:
    async def to_settings(self, **_):
        return ProviderSettings(token=CANARY)


@pytest.mark.parametrize("name", ["http", "auto_configure", "merge", "get", "aclose"])
def test_a_target_with_a_name_the_container_needs_is_told_by_name(name):
    provider = AuthProvider()
    provider.register_binding(name, Fixed())
    with pytest.raises(ConfigError, match=name):
        held(AuthManager(auto_configure=False, acme=provider))


def test_a_target_may_have_any_other_name():
    provider = AuthProvider()
    provider.register_binding("self", Fixed())
    assert held(AuthManager(auto_configure=False, acme=provider)) == {"self": CANARY}


# What a server says of a token


TOKEN = "ya29.a0/Ab+c=d_e-f"  # as Google's look


def ask(answer, *, client=None, **options):
    """Send one request to a server that answers so; give its response, or the error."""

    async def scenario(api):
        settings = ProviderSettings(token=TOKEN, base_url=api.url, retry_attempts=0)
        async with AsyncExitStack() as stack:
            http = await stack.enter_async_context(client()) if client else None
            async with Target(settings, http=http) as target:
                return await target.request("GET", "/x", **options)

    with Resource(answer) as api:
        try:
            return asyncio.run(scenario(api))
        except AuthError as exc:
            return exc


@pytest.mark.parametrize("spelt", [str, json_slashes, percent, str.upper, form])
def test_a_token_that_is_repeated_in_a_spelling_of_the_servers_own_is_told_to_nobody(spelt):
    error = ask(lambda _: Given(400, {}, f"no: {spelt(TOKEN)}!".encode()))
    assert error.body == "no: [removed]!"


def test_a_token_that_is_cut_short_in_a_long_answer_is_told_to_nobody():
    error = ask(lambda _: Given(400, {}, (f"{TOKEN}," * 1000)[:4000].encode() + TOKEN.encode() * 9))
    assert "ya29" not in error.body


def test_a_token_of_a_megabyte_is_looked_for_in_no_time():
    huge = "a/" * 500_000
    assert Removing([huge])(f"no: {huge[:4000]}") == "no: [removed]"


@pytest.mark.parametrize("spelt", [str, percent])
def test_a_token_that_a_redirect_puts_into_the_address_is_told_to_nobody(spelt):
    told = spelt(TOKEN)
    error = ask(lambda asked: Given(404) if "leak" in asked.path else moved(f"/leak/{told}"))
    assert type(error) is NotFoundError
    assert told not in error.url + str(error) + repr(error)


# What a server sends


def gzipped(body):
    return Given(200, {"Content-Encoding": "gzip"}, gzip.compress(body))


def test_an_answer_that_unpacks_to_more_than_anybody_keeps_is_dropped(monkeypatch):
    monkeypatch.setattr("pywry_auth.integrations.reaching.reading.MAX_ANSWER", 1000)
    assert ask(lambda _: gzipped(b"a" * 1000)).content == b"a" * 1000
    assert "too large" in str(ask(lambda _: gzipped(b"a" * 1001)))
    assert "too large" in str(ask(lambda _: Given(200, {}, b"a" * 1001)))
    assert "too large" in str(ask(lambda _: Given(500, {}, b"a" * 1001)))


@pytest.mark.parametrize("coding", ["gzip, gzip", "deflate", "br"])
def test_an_answer_packed_in_a_way_nobody_asked_for_is_dropped(coding):
    twice = gzip.compress(gzip.compress(b"a" * 1000))
    error = ask(lambda _: Given(200, {"Content-Encoding": coding}, twice))
    assert (type(error), "packed" in str(error)) == (TransportError, True)


def test_a_coding_that_is_none_changes_nothing():
    answer = ask(lambda _: Given(200, {"Content-Encoding": "UTF-8"}, b"{}"))
    assert answer.json() == {}


def test_only_what_can_be_unpacked_is_asked_for():
    with Resource(lambda asked: Given(200, {}, asked.headers["accept-encoding"].encode())) as api:
        assert ask(lambda _: moved(f"{api.url}/there")).text == "gzip"
        assert ask(api.answer).text == "gzip"


@pytest.mark.parametrize(
    "address", ["javascript:1", "data:,x", "mailto:a", "https:evil", "http://xn--/", "http://[::1"]
)
def test_a_redirect_to_no_address_is_the_servers_fault(address):
    error = ask(lambda _: moved(address))
    assert type(error) is TransportError
    assert error.__cause__ is error.__context__ is None


def test_a_stranger_gets_nothing_that_the_programs_client_puts_on_its_requests():
    def client():
        own = {"headers": {"x-api-key": CANARY}, "params": {"key": CANARY}}
        return httpx.AsyncClient(**own, cookies={"session": CANARY}, trust_env=False)

    with Resource(lambda _: Given()) as stranger:
        assert ask(lambda _: moved(f"{stranger.url}/there"), client=client).status_code == 200
    assert len(stranger.asked) == 1
    assert CANARY not in repr(stranger.asked)


# Renewals


def while_renewing(desk, act):
    """Let *act* happen to the record while a slow server renews it; give what the session gets."""

    async def scenario():
        desk.provider.one.pause()
        session = asyncio.create_task(desk.refreshing.fresh(desk.account))
        await desk.provider.one.begun.wait()
        await act(StoredCredentials(desk.store))
        desk.provider.one.gate.set()
        return await session

    return asyncio.run(scenario())


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr("pywry_auth.integrations.working.stored_credentials.LOCK_GRACE", 0.01)


@pytest.mark.usefixtures("impatient")
def test_a_renewal_that_takes_very_long_brings_nothing_back_that_was_removed():
    desk = RefreshDesk(**expired())
    found = while_renewing(desk, lambda stored: stored.delete("acme", "alice"))
    assert (found, desk.store.texts) == (None, {})
    assert desk.fresh() is None


@pytest.mark.usefixtures("impatient")
def test_a_renewal_that_takes_very_long_does_not_replace_the_account_connected_since():
    desk = RefreshDesk(**expired())
    other = UserCredentials(access_token="other", refresh_token="of-another-account")
    found = while_renewing(desk, lambda stored: stored.save("acme", "alice", other))
    assert (found.access_token, desk.record["access_token"]) == ("other", "other")


def test_a_store_that_cannot_be_read_after_a_renewal_loses_nothing():
    desk = RefreshDesk(**expired())

    async def act(_):
        desk.store.failures = [("get", StoreUnavailableError("gone"))]

    assert while_renewing(desk, act).access_token == "new-1"
    assert desk.record["refresh_token"] == "rotated-1"


def test_a_store_that_breaks_after_a_renewal_loses_nothing_either():
    desk = RefreshDesk(**expired())

    async def act(_):
        desk.store.failures = [("get", OSError("gone"))]

    with pytest.raises(OSError, match="gone"):
        while_renewing(desk, act)
    assert desk.fresh().access_token == "new-1"
    assert (desk.record["refresh_token"], desk.sent) == ("rotated-1", ["first"])


@pytest.mark.parametrize("given", [None, "text", object()])
def test_a_flow_that_gives_no_credentials_is_told_by_name(given):
    desk = RefreshDesk(**expired())

    async def refresh(**_):
        return given

    desk.provider.one.refresh = refresh
    with pytest.raises(TypeError, match="flow of acme gave"):
        desk.fresh()
    assert desk.record["refresh_token"] == "first"


def test_a_flow_that_gives_a_mapping_loses_nothing():
    desk = RefreshDesk(**expired(team="T1"))

    async def refresh(**_):
        return {"access_token": "new", "refresh_token": "rotated"}

    desk.provider.one.refresh = refresh
    assert desk.fresh().access_token == "new"
    assert (desk.record["refresh_token"], desk.record["team"]) == ("rotated", "T1")


# What errors know


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: UserCredentials(access_token=f"{CANARY}\n"),
        lambda: UserCredentials(expires_at=CANARY),
        lambda: UserCredentials(scope={CANARY: 1}),
        lambda: ProviderSettings(token=CANARY, base_url=f"https://u:{CANARY}@example.com"),
        lambda: ProviderSettings(token=CANARY, timeout=CANARY),
        lambda: AuthManager(auto_configure=False, github={"token": f"{CANARY}\n"}),
        lambda: Integrations(auto_configure=False, slack={"token": [CANARY]}),
        lambda: held(github(), overrides={"github": {"retry_attempts": CANARY}}),
        lambda: setattr(UserCredentials(), "access_token", CANARY),
        lambda: setattr(ProviderSettings(), "token", CANARY),
        lambda: setattr(github().github.app_credentials, "token", CANARY),
    ],
)
def test_an_error_names_the_field_and_knows_nothing_of_what_was_in_it(wrong):
    with pytest.raises(ValidationError) as caught:
        wrong()
    error = caught.value
    told = [str(error), repr(error), error.json(), repr(error.errors())]
    assert CANARY not in "".join(told)
    assert error.__cause__ is error.__context__ is None
    assert error.errors()[0]["loc"][0] in str(error)


def test_credentials_too_deep_for_json_are_a_type_error():
    deep = {}
    for _ in range(500):
        deep = {"of": deep}
    with pytest.raises(TypeError, match="JSON"):
        UserCredentials(access_token=CANARY, team=deep).to_record()


# What others brought along


@pytest.mark.parametrize("binding", [None, object(), {"token": CANARY}])
def test_a_binding_that_is_none_is_told_when_it_is_registered(binding):
    with pytest.raises(TypeError, match=r"acme.*to_settings"):
        AuthProvider().register_binding("acme", binding)


def test_a_binding_that_does_not_wait_is_told_by_name():
    class Hasty:
        def to_settings(self, **_):
            return ProviderSettings(token=CANARY)

    provider = AuthProvider()
    provider.register_binding("acme", Hasty())
    with pytest.raises(TypeError, match=r"acme.*async def"):
        held(AuthManager(auto_configure=False, acme=provider))


# What a token endpoint sends


CLIENT = {
    "authorization_url": "https://as.example/a",
    "token_url": "https://as.example/t",
    "client_id": "our-client",
    "client_secret": "client/secret+1",
    "redirect_uri": "https://app.example/cb",
}


class Parrot:
    """A token endpoint that repeats what it was sent, in one member of its refusal."""

    def __init__(self, member, error):
        self.member, self.error, self.sent = member, error, []

    async def send(self, request, **_):
        heard = [*parse_qsl(request.body.decode()), *request.headers.items()]
        self.sent += [value for name, value in heard if name in SENT_SECRETS]
        with suppress(KeyError):
            pair = b64decode(request.headers["authorization"].removeprefix("Basic "))
            self.sent.append(unquote_plus(pair.decode().partition(":")[2]))
        said = {"error": self.error, self.member: " ".join(self.sent)}
        return WireReply(400, {}, json.dumps(said).encode())

    async def close(self):
        pass


SENT_SECRETS = {"code", "code_verifier", "refresh_token", "client_secret", "authorization"}


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
@pytest.mark.parametrize("error", ["invalid_grant", "invalid_client", "bad_refresh_token"])
@pytest.mark.parametrize("member", ["error", "error_description", "token_type"])
def test_no_error_holds_what_a_token_endpoint_repeats(method, error, member):
    parrot = Parrot(member, error)
    app = OAuth2AppCredentials(**CLIENT, token_endpoint_auth_method=method)
    connecting = OAuth2Flow(app, sender=parrot)

    async def exchange():
        state = (await connecting.authorize())["state"]
        await connecting.exchange(subject="alice", code="code-of-alice", state=state)

    async def refresh():
        await connecting.refresh(refresh_token="refresh-of-alice")

    for work in exchange, refresh:
        parrot.sent.clear()
        with pytest.raises(TokenError) as caught:
            asyncio.run(work())
        assert len(parrot.sent) >= 2
        one = caught.value
        while one is not None:
            told = f"{one}{one!r}{vars(one)}"
            assert [secret for secret in parrot.sent if secret in told] == []
            one = one.__context__
    assert type(caught.value) is not TokenError  # what was refused is still told apart


def test_which_redirect_uri_was_refused_is_told():
    app = OAuth2AppCredentials(**CLIENT)
    said = {"error": "invalid_grant", "error_description": f"not {app.redirect_uri}"}

    class Strict(Parrot):
        async def send(self, *_, **__):
            return WireReply(400, {}, json.dumps(said).encode())

    async def exchange():
        connecting = OAuth2Flow(app, sender=Strict("", ""))
        await connecting.authorize()
        await connecting.exchange(subject="alice", code="code-of-alice")

    with pytest.raises(TokenError, match=r"app\.example"):
        asyncio.run(exchange())


# Who may finish what somebody began


class Taker(Parrot):
    """A token endpoint that takes every code."""

    def __init__(self):
        self.sent = []

    async def send(self, request, **_):
        self.sent.append(dict(parse_qsl(request.body.decode())))
        return WireReply(200, {}, b'{"access_token": "access-1"}')


def test_what_was_begun_for_one_subject_is_finished_by_no_other():
    taker = Taker()
    connecting = OAuth2Flow(OAuth2AppCredentials(**CLIENT), sender=taker)

    async def scenario():
        begun = await connecting.authorize(subject={"user": "mallory", "tenant": 1})
        answer = f"https://app.example/cb?code=of-mallory&state={begun['state']}"
        for way in (
            {"authorization_response": answer},
            {"authorization_response": answer, "state": begun["state"]},
            {"code": "of-mallory", "state": begun["state"]},
            {"code": "of-mallory"},
        ):
            with pytest.raises(CallbackError):
                await connecting.exchange(subject="alice", **way)
        assert taker.sent == []
        mallory = {"tenant": 1, "user": "mallory"}
        found = await connecting.exchange(subject=mallory, authorization_response=answer)
        assert (found.access_token, len(taker.sent)) == ("access-1", 1)

    asyncio.run(scenario())


def test_a_bare_code_answers_the_only_one_that_its_subject_began():
    taker = Taker()
    connecting = OAuth2Flow(OAuth2AppCredentials(**CLIENT), sender=taker)

    async def scenario():
        for subject in ("alice", "bob"):
            await connecting.authorize(subject=subject)
        await connecting.exchange(subject="bob", code="of-bob")
        with pytest.raises(CallbackError, match="0 begun"):
            await connecting.exchange(subject="bob", code="of-bob")
        await connecting.exchange(subject="alice", code="of-alice")

    asyncio.run(scenario())
    assert len({each["code_verifier"] for each in taker.sent}) == 2


def test_a_subject_that_json_cannot_say_begins_nothing():
    connecting = OAuth2Flow(OAuth2AppCredentials(**CLIENT), sender=Taker())
    with pytest.raises(TypeError):
        asyncio.run(connecting.authorize(subject={1: "a"}))


# What is configured wrongly


@pytest.mark.parametrize(
    "wrong",
    [{"GITHUB_API_URL": "http://api.example"}, {"GITHUB_TOKEN": "to ken"}, {"GH_TOKEN": "tökén"}],
)
def test_what_is_wrong_in_the_environment_is_told_wherever_it_is_missed(monkeypatch, caplog, wrong):
    for name in ("GITHUB_TOKEN", "GH_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name, value in wrong.items():
        monkeypatch.setenv(name, value)
    with caplog.at_level("WARNING"):
        manager = AuthManager()
    noted = next(one for one in caplog.records if "auth_provider.left_out" in one.msg)
    assert (noted.provider, noted.fields) in {("github", "base_url"), ("github", "token")}
    for act in (
        lambda: manager.get_provider("github"),
        lambda: asyncio.run(manager.load_credentials("github", "alice")),
        lambda: held(manager, providers="github"),
    ):
        with pytest.raises((ProviderNotFoundError, CredentialMissingError)) as caught:
            act()
        assert f"its {noted.fields} that cannot be used" in caught.value.hint
        assert not [value for value in wrong.values() if value in caught.value.hint + caplog.text]


@pytest.mark.parametrize("name", ["google", "gmail"])
def test_what_is_wrong_of_a_whole_provider_is_told_for_each_of_its_targets(monkeypatch, name):
    monkeypatch.setenv("GOOGLE_TOKEN", "to ken")
    with pytest.raises((ProviderNotFoundError, CredentialMissingError)) as caught:
        held(AuthManager(), providers=name)
    assert "its token that cannot be used" in caught.value.hint


@pytest.mark.parametrize(
    ("store", "told"),
    [
        (InMemoryCredentialStore, "make one"),
        (MemoryTokenStore(), "TokenCredentialStore"),
        ({}, "delete"),
        ("keyring", "delete"),
    ],
)
def test_what_is_no_store_of_credentials_is_told_at_once(store, told):
    with pytest.raises(TypeError, match=told):
        AuthManager(auto_configure=False, credential_store=store)


def test_a_client_that_blocks_is_told_at_once():
    with httpx.Client() as client:
        for act in (
            lambda: AuthManager(auto_configure=False, http=client),
            lambda: Integrations(auto_configure=False, http=client),
            lambda: Target(http=client),
        ):
            with pytest.raises(TypeError, match=r"AsyncClient, not Client"):
                act()


# Small things


@pytest.mark.parametrize("name", [".", ".."])
def test_a_document_named_like_a_way_up_leads_nowhere(name):
    async def scenario(api):
        settings = {"token": TOKEN, "base_url": api.url}
        async with (
            GoogleDocs(**settings) as docs,
            GoogleSheets(**settings) as sheets,
            GoogleCalendar(**settings) as calendar,
            Gmail(**settings, user_id=name) as gmail,
        ):
            for work in (
                lambda: docs.document(name),
                lambda: sheets.values("A1", spreadsheet_id=name),
                lambda: sheets.values(name, spreadsheet_id="s"),
                lambda: anext(calendar.events(name)),
                gmail.profile,
            ):
                with pytest.raises(ConfigError, match="names nothing"):
                    await work()

    with Resource(lambda _: Given()) as api:
        asyncio.run(scenario(api))
    assert api.asked == []


def test_options_that_are_none_are_those_that_were_left_out():
    with Resource(lambda asked: Given(200, {}, asked.headers["authorization"].encode())) as api:
        answer = ask(api.answer, headers=None, params=None, timeout=None, idempotent=None)
    assert answer.text == f"Bearer {TOKEN}"


def test_a_list_that_a_stranger_continues_ends_with_an_error_of_the_servers():
    async def scenario(api):
        async with MicrosoftGraph(token=TOKEN, base_url=api.url) as graph:
            return [one async for one in graph.messages()]

    with Resource(lambda _: Given()) as stranger, Resource(lambda _: Given()) as api:
        stranger.answer = lambda _: Given(
            200, {}, json.dumps({"value": [], "@odata.nextLink": f"{stranger.url}/2"}).encode()
        )
        api.answer = lambda _: moved(f"{stranger.url}/1")
        with pytest.raises(TransportError, match="another server"):
            asyncio.run(scenario(api))
    assert (len(stranger.asked), stranger.tokens) == (1, [None])


def test_a_provider_cannot_have_the_name_of_a_method_of_the_programs_own():
    class Own(AuthManager):
        def notify(self):
            pass

    with pytest.raises(ConfigError, match="notify"):
        Own(auto_configure=False, notify=AuthProvider())
    assert "notify" in AuthManager(auto_configure=False, notify=AuthProvider())


def test_a_request_under_way_when_its_session_ends_fails_with_an_error_of_ours():
    async def scenario(api):
        manager = AuthManager(auto_configure=False, github={"token": TOKEN, "base_url": api.url})
        async with manager.session(subject="alice") as integrations:
            request = asyncio.create_task(integrations.github.request("GET", "/x"))
            await asyncio.to_thread(reached.wait, 5)
        release.set()
        with pytest.raises((TransportError, ConfigError)):
            await request

    def slow(_):
        reached.set()
        release.wait(5)
        return Given()

    reached, release = threading.Event(), threading.Event()
    with Resource(slow) as api:
        asyncio.run(scenario(api))


def test_a_target_that_is_not_there_is_told_with_those_that_are():
    async def scenario():
        async with github().session(subject="alice") as integrations:
            return integrations.slack

    with pytest.raises(AttributeError, match=r"'slack'.*there are: github"):
        asyncio.run(scenario())


@pytest.mark.parametrize("given", [CANARY, {"token": CANARY}, 7])
def test_a_token_that_is_given_alone_is_told_how_it_is_given(given):
    with pytest.raises(TypeError, match="token=") as caught:
        Target(given)
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize("given", [MemoryTokenStore, InMemoryCredentialStore(), "keyring"])
def test_what_is_no_store_of_tokens_is_told_at_once(given):
    with pytest.raises(TypeError, match="TokenStore is needed"):
        TokenCredentialStore(given)


@pytest.mark.parametrize(
    "address",
    ["http://app.example/cb", "HTTP://app.example/cb", "javascript:x", " data:,x", "file:///x"],
)
def test_nobody_is_sent_back_in_the_clear_or_into_a_script(address):
    connecting = OAuth2Flow(OAuth2AppCredentials(**CLIENT), sender=Taker())
    with pytest.raises(ConfigError, match="redirect_uri"):
        asyncio.run(connecting.authorize(redirect_uri=address))


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:8/cb", "http://localhost/cb", "com.acme.notes:/cb", "https://a/b"]
)
def test_people_are_sent_back_wherever_that_is_safe(address):
    connecting = OAuth2Flow(OAuth2AppCredentials(**CLIENT), sender=Taker())
    begun = asyncio.run(connecting.authorize(redirect_uri=address))
    assert dict(parse_qsl(begun["authorization_url"]))["redirect_uri"] == address


def test_a_state_that_no_address_can_hold_is_told():
    connecting = OAuth2Flow(OAuth2AppCredentials(**CLIENT), sender=Taker())
    with pytest.raises(ConfigError, match="half a character"):
        asyncio.run(connecting.authorize(state="\ud800"))


# Cancelled


class Slowly:
    """Gives way a few times before it binds."""

    async def to_settings(self, *, user_credentials, **_):
        for _ in range(2):
            await asyncio.sleep(0)
        return ProviderSettings(token=user_credentials.access_token, base_url="https://api.example")


class SlowStore(RefreshStore):
    async def get(self, provider, subject):
        await asyncio.sleep(0)
        found = await super().get(provider, subject)
        await asyncio.sleep(0)
        return found


def renewing_slowly(provider):
    """Let whatever renews give way before the server is asked, and before its answer is there."""
    at_once = provider.one.refresh

    async def refresh(**given):
        for _ in range(3):
            await asyncio.sleep(0)
        found = await at_once(**given)
        for _ in range(3):
            await asyncio.sleep(0)
        return found

    provider.one.refresh = refresh


async def _cancelled_after(turns):
    """Cancel a session after so many turns of the loop; say whether it had ended already."""
    store, opened = SlowStore(), []
    providers = {"acme": RefreshProvider(), "other": RefreshProvider()}
    for name, provider in providers.items():
        store.texts[name, subject_key("alice")] = json.dumps(expired())
        renewing_slowly(provider)
        for target in ("one", "two"):
            provider.register_binding(f"{name}_{target}", Slowly())
    manager = AuthManager(
        auto_configure=False, credential_store=store, clock=VirtualClock(NOW), **providers
    )

    async def use():
        async with manager.session(subject="alice") as integrations:
            opened.append(integrations)
            async with integrations.overrides(acme_one={"timeout": 3}):
                await asyncio.sleep(0)

    task = asyncio.create_task(use())
    for _ in range(turns):
        await asyncio.sleep(0)
    ended = task.done()
    task.cancel()
    await asyncio.wait({task})
    assert asyncio.all_tasks() == {asyncio.current_task()}
    for name, provider in providers.items():
        kept = json.loads(store.texts[name, subject_key("alice")])
        # Whatever the provider has replaced is kept.
        assert kept["refresh_token"] == ("rotated-1" if provider.one.sent else "first")
    for integrations in opened:
        with pytest.raises(ConfigError, match="closed"):
            await integrations.acme_one.request("GET", "/")
    return ended


def test_a_session_that_is_cancelled_anywhere_leaves_nothing_open_and_loses_nothing():
    turns = 0
    while not asyncio.run(_cancelled_after(turns)):
        turns += 1
    assert turns > 10
