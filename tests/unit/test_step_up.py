"""What a sign-in was asked to prove, held against its ID token."""

import base64
import json

import pytest

from pywry_auth.errors import ConfigError, StepUpError, TokenError
from pywry_auth.protocol.step_up import (
    claims_of,
    hinted_subject,
    require_acr,
    require_same_person,
)


def unsigned(**claims):
    part = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{part}.c2ln"


def test_an_acr_that_was_asked_for_is_enough():
    require_acr({"acr": "gold"}, ["silver", "gold"])


@pytest.mark.parametrize("acr", [None, "bronze", "", 2, ["gold"]])
def test_another_acr_says_what_was_asked_and_what_came(acr):
    with pytest.raises(StepUpError) as caught:
        require_acr({"acr": acr} if acr is not None else {}, ["silver", "gold"])
    assert "silver or gold" in str(caught.value)
    assert caught.value.context["asked"] == ("silver", "gold")
    assert caught.value.context["came"] == (acr if isinstance(acr, str) else None)
    assert caught.value.code == "step_up_failed"


def test_a_stranger_s_acr_breaks_no_line():
    with pytest.raises(StepUpError) as caught:
        require_acr({"acr": "x\n" * 1000}, ["gold"])
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 1000


def test_the_same_person_may_step_up_and_nobody_else():
    require_same_person("alice", expected="alice")
    for other in ("bob", "", "Alice"):
        with pytest.raises(StepUpError, match="somebody else"):
            require_same_person(other, expected="alice")


def test_a_hint_says_of_whom_it_speaks():
    assert hinted_subject(unsigned(sub="alice")) == "alice"
    for nonsense in ("", "a.b", "a.b.c", "e30.e30.e30", unsigned(sub=7), unsigned(sub="")):
        with pytest.raises(ConfigError, match="id_token_hint"):
            hinted_subject(nonsense)


def test_claims_are_read_of_id_tokens_only():
    assert claims_of(unsigned(acr="gold")) == {"acr": "gold"}
    with pytest.raises(TokenError):
        claims_of("e30.W10.e30")
