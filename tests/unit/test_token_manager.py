"""The ladder of a TokenManager: what is asked of the server, what of a person, what of nobody."""

import json
import logging

import httpx
import pytest
from fakes.token_server import TOKEN_URL, TokenServer, refusal

from pywry_auth.clock import SYSTEM_CLOCK
from pywry_auth.errors import (
    ConfigError,
    ReauthRequiredError,
    RefreshTransportError,
    StoreError,
    TokenError,
    TokenRefreshError,
    TransportError,
)
from pywry_auth.grants import (
    ClientCredentialsAuth,
    PasswordAuth,
    RefreshTokenAuth,
    TokenEventName,
    TokenManager,
    TokenSlot,
)
from pywry_auth.testing.clock import VirtualClock
from pywry_auth.token_store.memory import MemoryTokenStore
from pywry_auth.token_store.slot import MemoryTokenSlot
from pywry_auth.tokens import OAuthTokenSet, TokenOrigin


PASSWORD = PasswordAuth("alice", "correct horse", client_id="app")
REFRESH = RefreshTokenAuth("first-refresh", client_id="app")
OFFLINE = httpx.ConnectError("nobody there")
DAY = 86_400


class Managed:
    """A manager with its server, clock, slot and what it told."""

    def __init__(self, grant=PASSWORD, *script, store=None, **options):
        self.server = TokenServer(*script)
        self.clock = VirtualClock()
        self.slot = MemoryTokenSlot() if store is None else store
        self.events = []
        self.asked = 0
        self.manager = TokenManager(
            grant,
            http=self.server.client,
            token_url=TOKEN_URL,
            store=self.slot,
            clock=self.clock,
            on_event=lambda event: self.events.append((event.name.value, event.reason)),
            on_reauth_required=self._ask,
            **options,
        )

    def _ask(self):
        self.asked += 1

    def header(self):
        return self.manager.authorization_header()

    def names(self):
        return [name for name, _ in self.events]


def stored(clock, *, life=3600.0, **fields):
    return OAuthTokenSet(
        "stored-access",
        refresh_token=fields.pop("refresh_token", "stored-refresh"),
        expires_in=life,
        issued_at=clock.now(),
        **fields,
    )


def test_4b_16_the_first_call_asks_once_the_second_nobody():
    managed = Managed()
    assert managed.header() == managed.header() == "Bearer access-1"
    assert managed.server.grants == ["password"]
    assert managed.names() == ["granted"]


def test_4b_17_a_forced_refresh_uses_the_refresh_token():
    managed = Managed()
    managed.header()
    assert managed.manager.force_refresh() == managed.header() == "Bearer access-2"
    assert managed.server.grants == ["password", "refresh_token"]
    assert "password" not in managed.server.forms[1]


def test_4b_18_an_ended_refresh_token_without_another_way_asks_a_person_and_no_server():
    managed = Managed(REFRESH)
    managed.slot.save(stored(managed.clock, refresh_expires_in=60.0))
    managed.clock.advance(2 * DAY)
    with pytest.raises(ReauthRequiredError, match="without a person"):
        managed.header()
    assert managed.server.requests == []
    assert managed.asked == 1


@pytest.mark.parametrize(
    "grant",
    [
        PASSWORD,
        ClientCredentialsAuth("app", "hidden-secret"),
        ClientCredentialsAuth("app", "hidden-secret", auth_method="client_secret_basic"),
    ],
)
def test_4b_19_a_refusal_is_told_in_the_server_s_words_without_what_was_sent(grant):
    said = "no such correct horse, nor hidden-secret"
    managed = Managed(grant, refusal("invalid_client", said, status=401))
    with pytest.raises(TokenRefreshError, match="answered 401: no such") as caught:
        managed.header()
    error = caught.value
    assert (error.error, error.context["status"]) == ("invalid_client", 401)
    shown = f"{error!r} {error} {error.error_description} {error.context} {error.__cause__}"
    assert ("correct horse" if grant is PASSWORD else "hidden-secret") not in shown
    assert managed.server.grants == [grant.grant_data()["grant_type"]]


def test_an_answer_that_is_no_json_is_told_by_its_first_200_characters():
    managed = Managed(PASSWORD, httpx.Response(418, text="I am a teapot " + "x" * 300))
    with pytest.raises(TokenRefreshError, match="answered 418: I am a teapot") as caught:
        managed.header()
    assert len(str(caught.value)) < 250


def test_4b_20_nothing_stored_means_one_request_with_the_token_that_was_given():
    managed = Managed(REFRESH, {"refresh_token": None})
    assert managed.header() == "Bearer access-1"
    assert managed.server.forms == [
        {"grant_type": "refresh_token", "client_id": "app", "refresh_token": "first-refresh"}
    ]
    assert managed.manager.tokens.refresh_token == "first-refresh"


def test_4b_21_a_refused_refresh_token_makes_one_whole_grant():
    managed = Managed(PASSWORD, {}, refusal(), {})
    managed.header()
    managed.clock.advance(DAY)
    assert managed.header() == "Bearer access-2"
    assert managed.server.grants == ["password", "refresh_token", "password"]
    assert managed.slot.load().access_token == "access-2"


def test_4b_22_a_refused_refresh_token_asks_a_person_once():
    managed = Managed(REFRESH, {}, refusal(description="session over"))
    managed.header()
    managed.clock.advance(DAY)
    for _ in range(3):
        with pytest.raises(ReauthRequiredError):
            managed.header()
    assert managed.asked == 1
    assert managed.server.grants == ["refresh_token"] * 2  # the refused token is not sent again
    assert managed.names() == ["granted", "reauth_required"]


def test_a_first_refresh_token_that_is_refused_is_not_sent_again():
    managed = Managed(REFRESH, refusal())
    for _ in range(3):
        with pytest.raises(ReauthRequiredError):
            managed.header()
    assert len(managed.server.requests) == managed.asked == 1


def test_a_store_that_another_program_filled_again_ends_the_refusal():
    managed = Managed(REFRESH, {}, refusal())
    managed.header()
    managed.clock.advance(DAY)
    with pytest.raises(ReauthRequiredError):
        managed.header()
    managed.slot.save(stored(managed.clock))
    assert managed.header() == "Bearer stored-access"


@pytest.mark.parametrize("trouble", [OFFLINE, httpx.ReadTimeout("slow"), 429, 500, 503])
def test_4b_23_without_a_network_nothing_is_lost_and_no_password_is_sent(trouble):
    managed = Managed(PASSWORD, {}, trouble)
    managed.header()
    before = managed.slot.load()
    managed.clock.advance(DAY)
    with pytest.raises(RefreshTransportError) as caught:
        managed.header()
    assert isinstance(caught.value, TransportError)
    assert managed.server.grants == ["password", "refresh_token"]
    assert managed.slot.load() == before
    assert managed.asked == 0
    managed.server.then({})
    assert managed.header() == "Bearer access-2"


def test_a_network_that_is_away_at_the_first_grant_is_no_refusal():
    managed = Managed(PASSWORD, OFFLINE, {})
    with pytest.raises(RefreshTransportError):
        managed.header()
    assert managed.header() == "Bearer access-1"


def test_each_call_tries_again_as_soon_as_there_is_a_network():
    managed = Managed(PASSWORD, OFFLINE, OFFLINE, OFFLINE, {})
    for _ in range(3):
        with pytest.raises(RefreshTransportError):
            managed.header()
    assert managed.header() == "Bearer access-1"


def test_a_server_that_asks_to_wait_is_not_asked_before():
    managed = Managed(PASSWORD, {}, httpx.Response(429, headers={"retry-after": "120"}), {})
    managed.header()
    managed.clock.advance(DAY)
    for _ in range(3):
        with pytest.raises(RefreshTransportError) as caught:
            managed.header()
    assert len(managed.server.requests) == 2
    assert 100 < caught.value.retry_after <= 120
    managed.clock.advance(121)
    assert managed.header() == "Bearer access-2"


def test_4b_24_a_token_in_its_last_seconds_is_served_when_it_cannot_be_renewed():
    managed = Managed(PASSWORD, {}, OFFLINE)
    managed.header()
    managed.clock.advance(3600 - 10)
    assert managed.header() == "Bearer access-1"
    assert managed.server.grants == ["password", "refresh_token"]
    assert managed.names() == ["granted", "refresh_failed"]
    managed.clock.advance(10)
    with pytest.raises(RefreshTransportError):
        managed.header()


def test_a_rejected_token_is_not_served_again_though_the_network_is_away():
    managed = Managed(PASSWORD, {}, OFFLINE)
    header = managed.header()
    with pytest.raises(RefreshTransportError):
        managed.manager.force_refresh(rejected=header)


def test_4b_25_an_answer_without_a_refresh_token_keeps_the_old_one():
    managed = Managed(PASSWORD, {}, {"refresh_token": None})
    managed.header()
    for _ in range(3):
        managed.manager.force_refresh()
    assert managed.server.grants == ["password", *["refresh_token"] * 3]
    assert {form.get("refresh_token") for form in managed.server.forms[1:]} == {"refresh-1"}


@pytest.mark.parametrize("life", [{}, {"refresh_expires_in": 0}, {"refresh_expires_in": None}])
def test_4b_26_a_refresh_token_of_unknown_life_is_used(life):
    managed = Managed(PASSWORD, life, {})
    managed.header()
    managed.clock.advance(400 * DAY)
    managed.header()
    assert managed.server.grants == ["password", "refresh_token"]


def test_a_refresh_token_that_is_known_to_have_ended_is_not_sent():
    managed = Managed(PASSWORD, {"refresh_expires_in": 7200}, {})
    managed.header()
    managed.clock.advance(7200)
    managed.header()
    assert managed.server.grants == ["password", "password"]


@pytest.mark.parametrize(("life", "seconds"), [("600", 600), (600.0, 600), (None, None)])
def test_4b_27_a_life_is_read_however_it_is_written(life, seconds):
    managed = Managed(PASSWORD, {"expires_in": life})
    managed.header()
    assert managed.manager.tokens.expires_in == seconds


@pytest.mark.parametrize("life", [-1, "soon", 1e300, True])
def test_4b_27_a_life_that_is_none_is_refused(life):
    body = {"access_token": "a", "expires_in": life}
    managed = Managed(PASSWORD, httpx.Response(200, json=body))
    with pytest.raises(TokenError):
        managed.header()
    assert managed.slot.load() is None


def test_a_token_of_unknown_life_is_used_until_it_is_rejected():
    managed = Managed(PASSWORD, {"expires_in": None})
    header = managed.header()
    managed.clock.advance(1000 * DAY)
    assert managed.header() == header
    assert managed.manager.force_refresh(rejected=header) != header


def test_4b_28_a_token_of_20_seconds_is_used_for_several_calls():
    managed = Managed(PASSWORD, {"expires_in": 20})
    assert {managed.header() for _ in range(5)} == {"Bearer access-1"}
    managed.clock.advance(9.9)
    assert managed.header() == "Bearer access-1"
    managed.clock.advance(0.2)
    assert managed.header() == "Bearer access-2"


@pytest.mark.parametrize("method", ["client_secret_post", "client_secret_basic"])
def test_4b_29_a_confidential_client_proves_itself_on_every_request(method):
    grant = ClientCredentialsAuth("app", "s3cret", auth_method=method)
    managed = Managed(grant)
    managed.header()
    managed.manager.force_refresh()
    for request, form in zip(managed.server.requests, managed.server.forms, strict=True):
        if method == "client_secret_post":
            assert form["client_secret"] == "s3cret"
        else:
            assert request.headers["authorization"].startswith("Basic ")
            assert "client_secret" not in form
    assert managed.server.grants == ["client_credentials", "refresh_token"]


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json=["a"]),
        httpx.Response(200, json={"token_type": "bearer"}),
        httpx.Response(200, json={"access_token": 7}),
        httpx.Response(200, content=b"\xff\xfe"),
        httpx.Response(200, json={"error": "bad_verification_code"}),
        httpx.Response(200, json={"access_token": "a", "token_type": "N_A"}),
        httpx.Response(302, headers={"location": "https://elsewhere.example/"}),
        httpx.Response(204),
    ],
)
def test_4b_30_an_answer_that_is_no_token_answer_is_a_token_error(answer):
    managed = Managed(PASSWORD, answer)
    with pytest.raises(TokenError):
        managed.header()
    assert len(managed.server.requests) == 1
    assert managed.slot.load() is None


def test_4b_31_after_clear_there_is_a_new_grant_and_the_server_was_told_nothing():
    managed = Managed()
    managed.header()
    managed.manager.clear()
    assert managed.slot.load() is None
    assert managed.manager.tokens is None
    managed.manager.clear()
    assert managed.header() == "Bearer access-2"
    assert managed.server.grants == ["password", "password"]
    assert managed.names() == ["granted", "cleared", "cleared", "granted"]


def test_4b_31_after_clear_a_used_code_makes_no_grant():
    managed = Managed(PasswordAuth("alice", "pw", totp="123456"))
    managed.header()
    managed.manager.clear()
    with pytest.raises(ReauthRequiredError):
        managed.header()
    assert len(managed.server.requests) == 1


def test_a_code_that_is_told_anew_is_sent_with_each_whole_grant():
    codes = iter(["111111", "222222"])
    managed = Managed(
        PasswordAuth("alice", "pw", totp=lambda: next(codes)), {"refresh_token": None}
    )
    managed.header()
    managed.clock.advance(DAY)
    managed.header()
    assert [form["totp"] for form in managed.server.forms] == ["111111", "222222"]


def test_4b_34_a_token_older_than_the_one_held_causes_no_request():
    managed = Managed()
    old = managed.header()
    new = managed.manager.force_refresh(rejected=old)
    assert managed.manager.force_refresh(rejected=old) == new
    assert managed.manager.force_refresh(rejected="access-1") == new
    assert len(managed.server.requests) == 2


class Refusing(MemoryTokenSlot):
    """Refuses to save so many times."""

    def __init__(self, times):
        super().__init__()
        self.left = times

    def save(self, tokens):
        if self.left:
            self.left -= 1
            raise StoreError("disk full")
        super().save(tokens)


def test_4b_36_a_store_that_refuses_costs_no_token_and_is_tried_again(caplog):
    managed = Managed(store=Refusing(2))
    assert [managed.header() for _ in range(2)] == ["Bearer access-1"] * 2
    assert managed.events.count(("save_failed", "store_error")) == 2
    assert "save_failed: memory:" in caplog.text
    assert "tried again" in caplog.text
    assert managed.header() == "Bearer access-1"
    assert managed.slot.load().access_token == "access-1"
    assert len(managed.server.requests) == 1


def test_what_could_not_be_kept_is_not_replaced_by_what_is_older():
    slot = Refusing(0)
    managed = Managed(store=slot)
    managed.header()
    slot.left = 1
    managed.manager.force_refresh()
    assert managed.header() == "Bearer access-2"
    assert slot.load().access_token == "access-2"


@pytest.mark.parametrize(
    "url", ["http://id.example/token", "ftp://id.example", "id.example", "https://u:p@id.example/"]
)
def test_4b_39_the_token_endpoint_is_encrypted_or_here(url):
    with pytest.raises(ConfigError, match="token_url"):
        TokenManager(PASSWORD, http=httpx.Client(), token_url=url)
    TokenManager(PASSWORD, http=httpx.Client(), token_url="http://127.0.0.1:1/token")


def test_4b_49_a_slot_a_keyed_store_or_nothing_will_do():
    store = MemoryTokenStore()
    assert Managed(store=store, key="work").header() == "Bearer access-1"
    assert store.get("work").access_token == "access-1"
    server = TokenServer()
    manager = TokenManager(PASSWORD, http=server.client, token_url=TOKEN_URL)
    assert manager.authorization_header() == "Bearer access-1"


def test_what_somebody_else_got_is_neither_used_nor_replaced(caplog):
    other = TokenOrigin("https://other.example", "app", "alice")
    managed = Managed()
    managed.slot.save(stored(managed.clock, origin=other))
    with caplog.at_level(logging.WARNING):
        assert managed.header() == "Bearer access-1"
    assert managed.slot.load().access_token == "stored-access"
    assert managed.names()[0] == "foreign_record"
    assert "foreign_record: memory:" in caplog.text
    assert "of another client, provider or person" in caplog.text
    assert managed.header() == "Bearer access-1"


def test_one_person_s_tokens_are_not_served_to_another():
    store = MemoryTokenSlot()
    Managed(PasswordAuth("alice", "pw", client_id="app"), store=store).header()
    bob = Managed(PasswordAuth("bob", "pw2", client_id="app"), store=store)
    bob.header()
    assert bob.server.forms[0]["username"] == "bob"
    assert store.load().origin.subject == "alice"


def test_a_client_s_own_tokens_are_not_served_to_a_person():
    store = MemoryTokenSlot()
    Managed(ClientCredentialsAuth("app", "secret"), store=store).header()
    alice = Managed(PASSWORD, store=store)
    alice.header()
    assert alice.server.grants == ["password"]
    assert store.load().origin.subject == "app"


def test_nothing_the_client_adds_to_requests_goes_to_the_token_endpoint():
    server = TokenServer()
    client = server.client
    client.headers["authorization"] = "Bearer somebody-else"
    client.headers["x-mine"] = "1"
    client.auth = ("user", "password")
    client.cookies.set("sid", "1")
    client.params = {"tenant": "x"}
    TokenManager(PASSWORD, http=client, token_url=TOKEN_URL).authorization_header()
    request = server.requests[0]
    assert str(request.url) == TOKEN_URL
    assert not {"authorization", "x-mine", "cookie"} & set(request.headers)


def test_an_id_token_that_nobody_verified_is_not_kept():
    managed = Managed(PASSWORD, {"id_token": "aaaa.bbbb.cccc"})
    managed.header()
    assert managed.manager.tokens.id_token is None


def test_a_clock_that_was_set_back_does_not_make_a_token_live_longer():
    managed = Managed()
    managed.header()
    managed.clock.jump(-DAY)
    assert managed.header() == "Bearer access-2"


def test_no_secret_is_shown_or_logged(caplog):
    managed = Managed(PASSWORD, {}, refusal("invalid_grant", "correct horse is wrong"), 500)
    with caplog.at_level(logging.DEBUG):
        managed.header()
        managed.clock.advance(DAY)
        with pytest.raises(RefreshTransportError) as caught:
            managed.header()
    kept = managed.manager
    shown = (
        f"{kept!r} {vars(kept)!r} {kept.tokens!r} {caught.value!r} {managed.events} {caplog.text}"
    )
    shown += json.dumps([str(record.__dict__) for record in caplog.records])
    for secret in ("correct horse", "access-1", "refresh-1"):
        assert secret not in shown


def test_a_listener_that_fails_ends_no_renewal(caplog):
    def broken(event):
        assert event.name is TokenEventName.GRANTED
        raise ValueError("mine")

    manager = TokenManager(
        PASSWORD, http=TokenServer().client, token_url=TOKEN_URL, on_event=broken
    )
    assert manager.authorization_header() == "Bearer access-1"
    assert "on_event_failed" in caplog.text


def test_somebody_who_fails_to_ask_does_not_hide_why(caplog):
    def broken():
        raise ValueError("mine")

    manager = TokenManager(
        REFRESH, http=TokenServer(refusal()).client, token_url=TOKEN_URL, on_reauth_required=broken
    )
    with pytest.raises(ReauthRequiredError):
        manager.authorization_header()
    assert "on_reauth_required_failed" in caplog.text


def test_a_slot_that_cannot_be_read_is_told_unless_something_is_held():
    class Locked(MemoryTokenSlot):
        is_open = True

        def load(self):
            if not self.is_open:
                raise StoreError("the keyring is locked")
            return super().load()

    slot = Locked()
    managed = Managed(store=slot)
    managed.header()
    slot.is_open = False
    assert managed.manager.force_refresh() == "Bearer access-2"
    with pytest.raises(StoreError):
        Managed(store=slot).header()


def test_the_system_clock_is_the_default():
    assert TokenManager(PASSWORD, http=httpx.Client(), token_url=TOKEN_URL)._now == SYSTEM_CLOCK.now


def test_a_slot_of_the_application_s_own_will_do():
    class Mine(TokenSlot):
        def __init__(self):
            self.kept = None

        def load(self):
            return self.kept

        def save(self, tokens):
            self.kept = tokens

        def clear(self):
            self.kept = None

    managed = Managed(store=Mine())
    assert managed.header() == "Bearer access-1"
    assert managed.slot.kept.origin == TokenOrigin(TOKEN_URL, "app", "alice")


def test_a_wrong_password_is_sent_once_and_a_person_is_asked_once():
    managed = Managed(PASSWORD, refusal("invalid_grant", "wrong password"), {})
    for _ in range(3):
        with pytest.raises(ReauthRequiredError, match="wrong password") as caught:
            managed.header()
    assert "password" in caught.value.hint
    assert len(managed.server.requests) == managed.asked == 1
    managed.manager.clear()  # whoever says so may try again
    assert managed.header() == "Bearer access-1"


def test_a_password_that_was_changed_meanwhile_is_sent_once():
    managed = Managed(PASSWORD, {}, refusal(), refusal("invalid_grant", "wrong password"))
    managed.header()
    managed.clock.advance(DAY)
    for _ in range(3):
        with pytest.raises(ReauthRequiredError, match="wrong password"):
            managed.header()
    assert managed.server.grants == ["password", "refresh_token", "password"]


def test_the_next_code_may_be_right():
    grant = PasswordAuth("alice", "pw", totp=lambda: "123456", client_id="app")
    managed = Managed(grant, refusal("invalid_grant", "wrong code"), {})
    with pytest.raises(TokenRefreshError, match="wrong code") as caught:
        managed.header()
    assert not isinstance(caught.value, ReauthRequiredError)
    assert managed.header() == "Bearer access-1"


def test_a_client_s_secret_may_be_put_right_at_the_server():
    managed = Managed(ClientCredentialsAuth("app", "secret"), refusal("invalid_grant"), {})
    with pytest.raises(TokenRefreshError):
        managed.header()
    assert managed.header() == "Bearer access-1"


def scoped(scope, *script, store):
    grant = ClientCredentialsAuth("app", "secret", scope=scope)
    return Managed(grant, *script, store=store)


def test_tokens_that_were_got_for_less_are_not_used_for_more():
    store = MemoryTokenSlot()
    assert scoped("read", store=store).header() == "Bearer access-1"
    wider = scoped("read admin", {"access_token": "wide", "refresh_token": None}, store=store)
    assert wider.header() == wider.header() == "Bearer wide"
    assert wider.server.grants == ["client_credentials"]
    assert scoped("read", store=store).header() == "Bearer wide"


def test_a_server_that_gives_less_than_was_asked_is_asked_once():
    narrow = {"scope": "read", "expires_in": 60, "refresh_token": None}
    managed = scoped("read admin", narrow, store=MemoryTokenSlot())
    assert {managed.header() for _ in range(3)} == {"Bearer access-1"}
    assert len(managed.server.requests) == 1


def test_what_people_granted_is_not_asked_for_anew():
    managed = Managed(RefreshTokenAuth("r", client_id="app", scope="read admin"))
    managed.slot.save(stored(managed.clock, scope="read"))
    assert managed.header() == "Bearer stored-access"


@pytest.mark.parametrize("secret", ["client", "in", "s", "grant", "token"])
def test_a_short_secret_damages_no_words(secret):
    said = "no such scope, nor user name or password"
    managed = Managed(
        ClientCredentialsAuth("app", secret), refusal("invalid_client", said, status=401)
    )
    with pytest.raises(TokenRefreshError) as caught:
        managed.header()
    assert caught.value.error == "invalid_client"
    assert str(caught.value) == f"the token endpoint answered 401: {said}"


def test_a_short_secret_that_is_told_by_itself_is_taken_out():
    said = "secret 's' of client (s) is wrong: s, as s3"
    managed = Managed(ClientCredentialsAuth("app", "s"), refusal("invalid_client", said))
    with pytest.raises(TokenRefreshError) as caught:
        managed.header()
    assert str(caught.value).endswith(
        "secret '[removed]' of client ([removed]) is wrong: [removed], as s3"
    )
