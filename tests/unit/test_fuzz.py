"""Whatever arrives, every parser answers or refuses with an error of its own."""

import logging

import pytest

from pywry_auth.errors import CallbackError, ConfigError
from tests.fuzz_engine import CANARY, CEILING, Target, explore
from tests.fuzz_targets import targets


EXAMPLES = 400
TARGETS = targets()


@pytest.mark.parametrize("target", TARGETS, ids=[target.name for target in TARGETS])
def test_whatever_arrives_is_read_or_refused_with_a_typed_error(target, caplog):
    with caplog.at_level(logging.CRITICAL + 1):
        outcome = explore(target, EXAMPLES, 1, patience=None)
    assert outcome.failures == [], "\n".join(map(str, outcome.failures[:2]))
    assert outcome.tried > EXAMPLES


@pytest.mark.parametrize("target", TARGETS, ids=[target.name for target in TARGETS])
def test_the_right_input_is_right(target):
    """Otherwise everything is refused at the door, and nothing behind it is looked at."""
    if target.name == "redirect, refused":
        with pytest.raises(CallbackError):
            target.run(target.seeds[0])
    else:
        assert target.run(target.seeds[0]) in {None, False}


def test_the_same_seed_makes_the_same_inputs():
    seen = []
    for _ in range(2):
        inputs = []
        explore(Target("any", (b'{"a":1}',), inputs.append), 50, 7, patience=None)
        seen.append(inputs)
    assert seen[0] == seen[1]
    assert len(set(seen[0])) > 30


def crash(data):
    raise KeyError(data)


def leak(data):
    raise ConfigError(f"cannot read {data!r}", hint="try again")


def hoard(data):
    return bytes(len(data) + CEILING) and None


@pytest.mark.parametrize(
    ("wrong", "word"),
    [(crash, "KeyError"), (leak, "repeats a secret"), (hoard, "KiB"), (lambda _: "no", "no")],
)
def test_a_parser_that_is_wrong_is_caught(wrong, word):
    outcome = explore(Target("wrong", (CANARY.encode(),), wrong), 1, 1, patience=None)
    assert any(word in failure.reason for failure in outcome.failures)


def test_a_leak_through_the_cause_is_caught():
    def wrong(data):
        try:
            int(data)
        except ValueError as exc:
            raise ConfigError("cannot be read") from exc

    outcome = explore(Target("wrong", (CANARY.encode(),), wrong), 1, 1, patience=None)
    assert any("repeats a secret" in failure.reason for failure in outcome.failures)
