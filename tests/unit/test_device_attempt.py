"""One code after another, asked about no sooner than allowed, with time turned by hand."""

import asyncio
from dataclasses import replace

import pytest
from fakes.wire import connected, reply

from pywry_auth.errors import (
    AuthenticationError,
    AuthFlowTimeout,
    CallbackError,
    ConfigError,
    StoreError,
    TokenError,
    TokenTransportError,
    TransportError,
)
from pywry_auth.flow.device_attempt import DeviceSignIn
from pywry_auth.flow.keeping import Keeping
from pywry_auth.protocol.wire import WireReply
from pywry_auth.providers.standard import StandardProvider
from pywry_auth.testing.clock import VirtualClock
from pywry_auth.testing.virtual_loop import on_package_loop, pass_time, settle
from pywry_auth.token_store import MemoryTokenStore


DEVICE = "https://id.example.com/device"
TOKEN = "https://id.example.com/token"
USERINFO = "https://id.example.com/userinfo"
PENDING = reply({"error": "authorization_pending"}, 400)
SLOW_DOWN = reply({"error": "slow_down"}, 400)
GONE = TransportError("nobody answers")
TOKENS = reply({"access_token": "the-token", "expires_in": 3600, "refresh_token": "r"})


def begun(number=1, **changes):
    body = {
        "device_code": f"device-{number}",
        "user_code": f"CODE-{number}",
        "verification_uri": "https://id.example.com/activate",
        "expires_in": 600,
        "interval": 5,
    }
    return reply(body | changes)


class Scene:
    """A provider that answers from a list, and somebody who watches the clock."""

    def __init__(self, *answers, codes=None, auth_timeout=None, store=None):
        self.clock = VirtualClock()
        self.provider = StandardProvider(
            "me", scopes=["read"], token_url=TOKEN, userinfo_url=USERINFO, clock=self.clock
        )
        self.provider.device_url = DEVICE
        self.network = connected(
            self.provider,
            {
                DEVICE: codes or [begun(1), begun(2), begun(3)],
                TOKEN: [self.noted(answer) for answer in answers],
                USERINFO: reply({"sub": "alice", "name": "Alice"}),
            },
        )
        self.store = store or MemoryTokenStore()
        self.asked_at = []
        self.shown = []
        self.notices = []
        self.start = self.clock.monotonic()
        self.sign_in = DeviceSignIn(
            self.provider,
            keeping=Keeping(None, self.store, on_notice=self.notices.append),
            show=self.shown.append,
            auth_timeout=auth_timeout,
            clock=self.clock,
        )

    def noted(self, answer):
        def give(_request):
            self.asked_at.append(self.clock.monotonic() - self.start)
            if isinstance(answer, BaseException):
                raise answer
            return answer

        return give

    def run(self, seconds=2000.0):
        """Let the sign-in run to its end; gives result or error."""
        ended = []

        async def scenario():
            task = asyncio.ensure_future(self.sign_in.run())
            left = seconds
            await settle()
            while not task.done() and left > 0:
                await pass_time(self.clock, 1.0, step=1.0)
                left -= 1
            assert task.done(), "still asking"
            ended.append(task)

        on_package_loop(scenario, self.clock)
        (task,) = ended
        return task.exception() or task.result()

    def stored(self):
        return {key: self.store.get(key) for key in asyncio.run(self.store.list_keys())}


def test_a_person_confirms_and_the_tokens_are_kept():
    scene = Scene(PENDING, PENDING, TOKENS)
    result = scene.run()
    assert result.success
    assert result.tokens.access_token == "the-token"
    assert result.user_info["name"] == "Alice"
    assert result.scopes is not None
    assert scene.stored() == {f"alice@{TOKEN}": result.tokens}
    assert [prompt.user_code for prompt in scene.shown] == ["CODE-1"]
    assert scene.asked_at == [5, 10, 15]
    assert scene.network.form(TOKEN)["device_code"] == "device-1"


def test_slow_down_is_obeyed_to_the_end():
    scene = Scene(PENDING, SLOW_DOWN, PENDING, SLOW_DOWN, PENDING, TOKENS)
    scene.run()
    assert scene.asked_at == [5, 10, 20, 30, 45, 60]


def test_a_missing_interval_is_five_seconds():
    scene = Scene(PENDING, TOKENS, codes=[begun(interval=None)])
    scene.run()
    assert scene.asked_at == [5, 10]


def test_a_server_that_is_away_is_asked_more_and_more_rarely():
    scene = Scene(GONE, GONE, GONE, GONE, PENDING, TOKENS)
    assert scene.run().success
    assert scene.asked_at == [5, 15, 35, 75, 135, 140]


def test_retry_after_is_waited():
    busy = WireReply(503, {"retry-after": "42"}, b"")
    scene = Scene(busy, TOKENS)
    assert scene.run().success
    assert scene.asked_at == [5, 47]


def test_a_person_who_says_no_is_told_apart():
    words = {"error": "access_denied", "error_description": "not today"}
    scene = Scene(PENDING, reply(words, 400))
    error = scene.run()
    assert type(error) is CallbackError
    assert error.error == "access_denied"
    assert "not today" in str(error)
    assert scene.stored() == {}
    assert len(scene.asked_at) == 2


def test_a_code_that_ends_ends_the_wait():
    scene = Scene(PENDING, codes=[begun(expires_in=60)])
    error = scene.run()
    assert type(error) is AuthFlowTimeout
    assert error.timeout == 60
    assert scene.asked_at[-1] <= 65
    assert len(scene.shown) == 1


def test_the_providers_word_that_a_code_ended_counts():
    scene = Scene(PENDING, reply({"error": "expired_token"}, 400))
    assert type(scene.run()) is AuthFlowTimeout
    assert len(scene.asked_at) == 2


def test_a_longer_wait_shows_a_new_code_whenever_one_ends():
    ended = reply({"error": "expired_token"}, 400)
    scene = Scene(PENDING, ended, PENDING, TOKENS, auth_timeout=900.0)
    assert scene.run().success
    assert [prompt.user_code for prompt in scene.shown] == ["CODE-1", "CODE-2"]
    assert scene.network.form(TOKEN)["device_code"] == "device-2"


def test_a_longer_wait_has_an_end_too():
    scene = Scene(PENDING, codes=[begun(expires_in=60)], auth_timeout=200.0)
    error = scene.run()
    assert type(error) is AuthFlowTimeout
    assert error.timeout == 200
    assert 3 <= len(scene.shown) <= 4
    assert scene.asked_at[-1] <= 200


def test_a_shorter_wait_ends_before_the_code():
    scene = Scene(PENDING, auth_timeout=12.0)
    assert scene.run().timeout == 12
    assert scene.asked_at == [5, 10]


def test_codes_that_live_for_a_moment_are_not_asked_for_again_and_again():
    scene = Scene(PENDING, codes=[begun(expires_in=3)], auth_timeout=900.0)
    assert type(scene.run()) is AuthFlowTimeout
    assert len(scene.shown) == 1


def test_a_server_that_is_away_to_the_end_is_no_fault_of_the_person():
    scene = Scene(GONE, codes=[begun(expires_in=60)])
    error = scene.run()
    assert type(error) is TokenTransportError
    assert error.retryable
    assert scene.stored() == {}


@pytest.mark.parametrize("word", ["invalid_client", "unsupported_grant_type", "invalid_grant"])
def test_a_refusal_ends_it_at_once(word):
    scene = Scene(PENDING, reply({"error": word}, 400))
    error = scene.run()
    assert type(error) is TokenError
    assert error.error == word
    assert len(scene.asked_at) == 2


def test_nobody_is_shown_an_unsafe_address():
    scene = Scene(codes=[begun(verification_uri="http://id.example.com/activate")])
    assert type(scene.run()) is TokenError
    assert scene.shown == []
    assert scene.asked_at == []


def test_a_provider_without_the_endpoint_is_a_mistake():
    scene = Scene()
    scene.provider.device_url = ""
    assert type(scene.run()) is ConfigError
    assert scene.network.sent == []


class FullStore(MemoryTokenStore):
    async def list_keys(self):
        raise StoreError("the disk is full", hint="empty it")


def test_a_store_that_cannot_keep_anything_is_found_out_before_a_code_is_asked_for():
    scene = Scene(store=FullStore())
    error = scene.run()
    assert type(error) is AuthenticationError
    assert error.hint == "empty it"
    assert scene.network.sent == []


def test_somebody_else_in_userinfo_is_not_kept():
    scene = Scene(TOKENS)

    async def accept(tokens):
        return replace(tokens, origin=scene.provider.origin("bob"))

    scene.provider.accept_device = accept
    assert isinstance(scene.run(), TokenError)
    assert scene.stored() == {}


def test_cancelling_ends_the_asking():
    scene = Scene(PENDING)

    async def scenario():
        task = asyncio.ensure_future(scene.sign_in.run())
        await settle()
        await pass_time(scene.clock, 7.0, step=1.0)
        task.cancel()
        await settle()
        assert task.cancelled()
        await pass_time(scene.clock, 60.0)

    on_package_loop(scenario, scene.clock)
    assert scene.asked_at == [5]


def test_nothing_secret_is_logged(caplog):
    with caplog.at_level("DEBUG"):
        Scene(GONE, PENDING, TOKENS).run()
    said = caplog.text + "".join(str(vars(record)) for record in caplog.records)
    assert "flow.began" in said
    for secret in ("device-1", "CODE-1", "the-token"):
        assert secret not in said
