"""When a token endpoint is asked again, and when that has an end: one table."""

import pytest
from fakes.wire import reply
from hypothesis import given
from hypothesis import strategies as st

from pywry_auth.errors import TokenError, TokenTransportError
from pywry_auth.protocol.device import DeviceAuthorization, DevicePrompt
from pywry_auth.protocol.device_polling import (
    MAX_PAUSE,
    SLOWER,
    AskAgain,
    Denied,
    Expired,
    Failed,
    Granted,
    Polling,
    after_failure,
    after_reply,
    first_step,
)
from pywry_auth.protocol.wire import WireReply


NOW = 1_800_000_000.0
AT = 1000.0
POLLING = Polling(interval=5.0, ends_at=AT + 600.0)
TIRED = Polling(interval=5.0, ends_at=AT + 600.0, failures=2)
TOKENS = {"access_token": "at", "token_type": "Bearer", "expires_in": 60}
HTML = b"<html>Please sign in to the hotel network</html>"


def error(word, status=400, **headers):
    said = reply({"error": word, "error_description": "because"}, status)
    return WireReply(status, {**said.headers, **headers}, said.body)


def busy(status, body=b"", **headers):
    return WireReply(status, headers, body)


def step(answer, polling=POLLING, at=AT):
    return after_reply(polling, answer, at=at, now=NOW, requested_scope="openid")


def again(pause, interval=5.0, failures=0):
    return AskAgain(AT + pause, Polling(interval, AT + 600.0, failures))


WAIT = {"retry-after": "40"}

TABLE = [
    # what arrives, what follows
    (error("authorization_pending"), again(5)),
    (error("authorization_pending", 200), again(5)),  # GitHub
    (error("authorization_pending", 428), again(5)),  # Google
    (error("authorization_pending", **WAIT), again(40)),
    (error("slow_down"), again(10, interval=10)),
    (error("slow_down", 200), again(10, interval=10)),
    (error("slow_down", 403), again(10, interval=10)),
    (error("slow_down", 429), again(10, interval=10)),
    (error("slow_down", **WAIT), again(40, interval=10)),
    (error("access_denied"), Denied("because")),
    (error("access_denied", 403), Denied("because")),
    (error("expired_token"), Expired()),
    (error("temporarily_unavailable"), again(10, failures=1)),
    (error("server_error"), again(10, failures=1)),
    (error("(not now)"), "invalid"),
    (busy(503), again(10, failures=1)),
    (busy(503, **WAIT), again(40, failures=1)),
    (busy(503, **{"retry-after": "2"}), again(10, failures=1)),
    (busy(503, **{"retry-after": "soon"}), again(10, failures=1)),
    (busy(502, HTML), again(10, failures=1)),
    (busy(408), again(10, failures=1)),
    (busy(429), again(10, failures=1)),
    (busy(429, **WAIT), again(40, failures=1)),
    # A gateway that repeats the words of an answer has not answered.
    (error("access_denied", 503), again(10, failures=1)),
    (error("expired_token", 500), again(10, failures=1)),
    (reply(TOKENS, 500), again(10, failures=1)),
    (error("invalid_client", 401), "invalid"),
    (error("invalid_grant"), "invalid"),
    (error("incorrect_device_code", 200), "invalid"),
    (error("unsupported_grant_type"), "invalid"),
    (reply(HTML), "invalid"),
    (reply(HTML, 403), "invalid"),
    (reply([]), "invalid"),
    (reply({}), "invalid"),
    (reply(TOKENS | {"token_type": "mac"}), "invalid"),
    (reply(TOKENS | {"expires_in": -1}), "invalid"),
    (reply(TOKENS, 302), "invalid"),
]


@pytest.mark.parametrize(("answer", "expected"), TABLE)
def test_each_answer_has_its_consequence(answer, expected):
    found = step(answer)
    if expected == "invalid":
        assert isinstance(found, Failed)
        assert isinstance(found.error, TokenError)
        assert not isinstance(found.error, TokenTransportError)
    else:
        assert found == expected


def test_tokens_end_the_asking():
    found = step(reply(TOKENS))
    assert isinstance(found, Granted)
    assert found.tokens.access_token == "at"
    assert found.tokens.scope == "openid"
    assert found.tokens.issued_at == NOW
    assert found.tokens.origin is None


def test_a_refusal_keeps_the_providers_word():
    found = step(error("invalid_client", 401))
    assert found.error.error == "invalid_client"


def test_what_a_provider_says_is_made_harmless():
    said = reply({"error": "access_denied", "error_description": "no\x1b[2J\n way"}, 400)
    assert step(said) == Denied("no [2J  way")


def test_an_answer_ends_a_row_of_failures():
    assert step(error("authorization_pending"), TIRED) == again(5)
    assert step(error("slow_down"), TIRED) == again(10, interval=10)


def test_each_failure_doubles_the_pause_up_to_a_minute():
    polling, pauses = POLLING, []
    for _ in range(5):
        found = after_failure(polling, at=AT)
        pauses.append(found.at - AT)
        polling = found.polling
    assert pauses == [10, 20, 40, MAX_PAUSE, MAX_PAUSE]
    assert polling.interval == 5


def test_a_long_interval_is_not_shortened_by_a_failure():
    slow = Polling(interval=90.0, ends_at=AT + 600)
    assert after_failure(slow, at=AT).at == AT + 90


def test_slowing_down_is_for_good():
    found = step(error("slow_down"))
    found = step(error("slow_down"), found.polling)
    assert found.polling.interval == 5 + 2 * SLOWER
    assert step(error("authorization_pending"), found.polling).at == AT + 15


def test_the_first_question_waits_too():
    prompt = DevicePrompt("A", "https://id.example.com/", "", NOW + 60)
    found = first_step(DeviceAuthorization("d", prompt, 60.0, 7.0), at=AT)
    assert found == AskAgain(AT + 7, Polling(7.0, AT + 60))


def test_a_code_that_ended_is_not_asked_about_again():
    assert step(error("authorization_pending"), at=POLLING.ends_at) == Expired()
    assert step(error("authorization_pending"), at=POLLING.ends_at + 1) == Expired()


def test_the_last_question_may_be_just_after_the_end():
    late = step(error("authorization_pending"), at=POLLING.ends_at - 1)
    assert late.at == POLLING.ends_at + 4
    assert step(error("slow_down"), late.polling, at=late.at) == Expired()


def test_a_wait_that_outlasts_the_code_is_not_waited():
    found = step(busy(503, **{"retry-after": "700"}))
    assert found == Expired(unanswered=True)
    assert after_failure(POLLING, at=POLLING.ends_at - 1) == Expired(unanswered=True)


def test_tokens_that_arrive_late_are_tokens():
    assert isinstance(step(reply(TOKENS), at=POLLING.ends_at + 3), Granted)


ANSWERS = st.sampled_from(
    [
        error("authorization_pending"),
        error("authorization_pending", **WAIT),
        error("slow_down"),
        error("slow_down", 429, **WAIT),
        error("server_error"),
        busy(503),
        busy(503, **WAIT),
        busy(503, **{"retry-after": "0"}),
        None,
    ]
)


@given(
    st.lists(st.tuples(ANSWERS, st.floats(0, 30)), min_size=1, max_size=40),
    st.floats(1, 600),
    st.floats(1, 3600),
)
def test_no_question_comes_earlier_than_the_interval_and_all_of_them_end(script, interval, life):
    polling, at, asked = Polling(interval, AT + life), AT, 0
    found = AskAgain(AT + interval, polling)
    while isinstance(found, AskAgain):
        # The server's own idea of the interval: what it said, plus five for each "slow_down".
        assert found.at >= at + interval
        answer, took = script[asked % len(script)]
        at, asked = found.at + took, asked + 1
        if answer is None:
            found = after_failure(found.polling, at=at)
            continue
        if b"slow_down" in answer.body:
            interval += SLOWER
        found = step(answer, found.polling, at=at)
    assert isinstance(found, Expired)
    assert asked <= life / interval + life + 2
    assert at <= AT + life + interval + 30


@given(st.integers(0, 10_000))
def test_any_number_of_failures_has_a_pause_of_a_minute_at_most(failures):
    worn = Polling(5.0, AT + 600, failures)
    assert after_failure(worn, at=AT).at <= AT + MAX_PAUSE
