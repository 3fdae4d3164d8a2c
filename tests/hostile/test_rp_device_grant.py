"""The device grant of a program, at providers that do everything right or one thing wrong."""

import logging
import threading
from dataclasses import dataclass, field

import httpx
import pytest

from pywry_auth.errors import (
    AuthError,
    AuthFlowCancelled,
    AuthFlowTimeout,
    CallbackError,
    RefreshTransportError,
    TokenError,
    TransportError,
)
from pywry_auth.grants import DeviceCodeAuth, TokenManager
from pywry_auth.grants.device import granted_by_device
from pywry_auth.grants.renewal.sending import TokenSender
from pywry_auth.protocol import device as device_protocol
from pywry_auth.protocol.device import DevicePrompt
from pywry_auth.testing import (
    Conduct,
    ProgrammableProvider,
    Put,
    RefreshPolicy,
    Reply,
    VirtualClock,
)
from pywry_auth.testing.rows_device import DEVICE, DeviceRow
from pywry_auth.token_store.slot import MemoryTokenSlot
from pywry_auth.tokens import OAuthTokenSet
from tests.relying_party import chain


# Nobody here believes, or keeps, an ID token: a program's grant is no sign-in.
ROWS = [row for row in DEVICE if "id-token" not in row.name and "userinfo" not in row.name]
GOOD = [row for row in ROWS if row.error is None]
BAD = [row for row in ROWS if row.error is not None]
AT_ONCE = [row for row in BAD if row.last == "device_authorization"]
QUICK = 0.01  # seconds between two questions, where nothing but real time can go by


@dataclass
class DeviceProgram:
    """One program at an issuer that behaves as *row* says, whose waiting turns the clock."""

    op: ProgrammableProvider
    clock: VirtualClock
    row: DeviceRow
    http: httpx.Client
    shown: list[DevicePrompt] = field(default_factory=list)
    asked_at: list[float] = field(default_factory=list)
    begun_at: float = 0.0

    def __post_init__(self) -> None:
        self.issuer = self.op.add(self.row.name, self.row.conduct)
        self._send = TokenSender(self.http)

    def grant(self) -> DeviceCodeAuth:
        return DeviceCodeAuth(
            self.row.conduct.client.client_id,
            device_url=f"{self.issuer}/device_authorization",
            scope="openid",
            show=self.show,
        )

    def show(self, prompt: DevicePrompt) -> None:
        self.begun_at = self.clock.monotonic()
        self.shown.append(prompt)

    def wait(self, seconds: float) -> bool:
        self.clock.advance(seconds)
        return False

    def send(self, request):
        if b"device_code=" in request.body:
            self.asked_at.append(self.clock.monotonic() - self.begun_at)
        return self._send(request)

    def asks(self) -> OAuthTokenSet:
        return granted_by_device(
            self.grant(),
            token_url=f"{self.issuer}/token",
            issuer=self.issuer,
            send=self.send,
            clock=self.clock,
            wait=self.wait,
        )

    def must_have_asked_in_time(self) -> None:
        if self.row.asked_at is not None:
            assert self.asked_at == list(self.row.asked_at)
        assert self.op.violations(self.row.name) == []

    def must_not_say(self, caplog, text: str = "") -> None:
        said = text + caplog.text + "".join(f"{vars(record)}" for record in caplog.records)
        assert not [secret for secret in self.op.issued(self.row.name) if secret in said]


@pytest.fixture
def program():
    clock = VirtualClock()
    with ProgrammableProvider(clock=clock) as op, httpx.Client(trust_env=False) as http:
        yield lambda row: DeviceProgram(op, clock, row, http)


@pytest.mark.parametrize("row", GOOD, ids=lambda row: row.name)
def test_a_program_gets_the_tokens_of_a_person_with_a_code(row, program, caplog):
    one = program(row)
    with caplog.at_level(logging.DEBUG):
        tokens = one.asks()
    assert tokens.access_token in one.op.issued(row.name)
    one.must_have_asked_in_time()
    (prompt,) = one.shown
    assert prompt.verification_uri.startswith(one.issuer)
    assert prompt.scanned_uri.startswith(prompt.verification_uri)
    one.must_not_say(caplog)


@pytest.mark.parametrize("row", BAD, ids=lambda row: row.name)
def test_a_fault_ends_the_asking_with_the_error_of_a_sign_in(row, program, caplog):
    one = program(row)
    with caplog.at_level(logging.DEBUG), pytest.raises(AuthError) as caught:
        one.asks()
    assert type(caught.value) is row.error
    if row.says is not None:
        assert caught.value.error == row.says
    assert set(one.op.calls(row.name)) <= row.allowed - {"discovery"}
    assert row.last in one.op.calls(row.name)
    assert len(one.shown) == (0 if row.last == "device_authorization" else 1)
    one.must_have_asked_in_time()
    one.must_not_say(caplog, "".join(f"{part!s}{part!r}" for part in chain(caught.value)))


@pytest.mark.parametrize("row", AT_ONCE, ids=lambda row: row.name)
def test_4b_a_manager_keeps_nothing_of_a_code_it_never_had(row, program):
    one, slot = program(row), MemoryTokenSlot()
    manager = TokenManager(
        one.grant(), http=one.http, token_url=f"{one.issuer}/token", store=slot, clock=one.clock
    )
    with pytest.raises(AuthError) as caught:
        manager.authorization_header()
    expected = RefreshTransportError if issubclass(row.error, TransportError) else row.error
    assert type(caught.value) is expected
    assert one.op.calls(row.name) == ["device_authorization"]
    assert slot.load() is None
    assert manager.tokens is None


# At real time, but quick: what a manager makes of the end.


def quick(*replies: Reply, **more) -> Conduct:
    return Conduct(first={"device_token": replies}, device={"interval": Put(0)}, **more)


@pytest.fixture
def manager_at(monkeypatch):
    monkeypatch.setattr(device_protocol, "LEAST_INTERVAL", QUICK)
    with ProgrammableProvider() as op, httpx.Client(trust_env=False) as http:

        def make(conduct: Conduct, show=lambda _prompt: None):
            issuer = op.add("quick", conduct)
            grant = DeviceCodeAuth(
                "rp-client", device_url=f"{issuer}/device_authorization", scope="openid", show=show
            )
            slot = MemoryTokenSlot()
            return TokenManager(grant, http=http, token_url=f"{issuer}/token", store=slot), slot, op

        yield make


def said(word: str) -> Reply:
    return Reply(400, f'{{"error": "{word}"}}')


def test_4b_a_person_is_asked_once_and_the_tokens_are_renewed_without_them(manager_at):
    prompts = []
    conduct = quick(said("authorization_pending"), refresh=RefreshPolicy.DETECT_REUSE)
    manager, slot, op = manager_at(conduct, prompts.append)
    first = manager.authorization_header()
    assert slot.load().authorization_header == first
    assert slot.load().id_token is None
    assert manager.authorization_header() == first
    second = manager.force_refresh(rejected=first)
    assert second != first
    assert slot.load().authorization_header == second
    assert len(prompts) == 1
    assert op.violations("quick") == []


@pytest.mark.parametrize(
    ("word", "error"),
    [
        ("access_denied", CallbackError),
        ("expired_token", AuthFlowTimeout),
        ("invalid_client", TokenError),
        ("moon_phase", TokenError),
    ],
)
def test_4b_a_no_is_the_end_of_it_with_nothing_stored(manager_at, word, error):
    manager, slot, op = manager_at(quick(said("authorization_pending"), said(word)))
    with pytest.raises(AuthError) as caught:
        manager.authorization_header()
    assert type(caught.value) is error
    assert op.calls("quick") == ["device_authorization", "token", "token"]
    assert slot.load() is None


def test_4b_after_a_renewal_is_refused_the_person_is_not_asked_unbidden(manager_at):
    prompts = []
    manager, slot, op = manager_at(quick(refresh=RefreshPolicy.ROTATE), prompts.append)
    manager.authorization_header()
    held = slot.load()
    op.end_sessions("quick")
    with pytest.raises(AuthError) as caught:
        manager.force_refresh()
    assert caught.value.code == "reauth_required"
    assert len(prompts) == 1
    assert slot.load() == held
    manager.clear()
    manager.authorization_header()
    assert len(prompts) == 2


def test_4b_clear_gives_up_a_person_who_does_not_come(manager_at):
    shown, ended = threading.Event(), []
    pending = Conduct(
        replies={"device_token": said("authorization_pending")}, device={"interval": Put(0)}
    )
    manager, slot, op = manager_at(pending, lambda _prompt: shown.set())

    def ask():
        try:
            manager.authorization_header()
        except AuthError as exc:
            ended.append(exc)

    thread = threading.Thread(target=ask)
    thread.start()
    assert shown.wait(10)
    assert op.wait_for("quick", "token", times=2)
    manager.clear()
    thread.join(10)
    assert not thread.is_alive()
    assert type(ended[0]) is AuthFlowCancelled
    before = len(op.calls("quick"))
    assert not op.wait_for("quick", "token", times=before, timeout=0.05)  # one is the beginning
    assert slot.load() is None


def test_what_show_raises_reaches_the_caller_and_ends_the_asking(manager_at):
    def fails(_prompt):
        raise OSError("there is no screen")

    manager, slot, op = manager_at(quick(), fails)
    with pytest.raises(OSError, match="no screen"):
        manager.authorization_header()
    assert op.calls("quick") == ["device_authorization"]
    assert slot.load() is None
