"""Stricter ID tokens, odd answers of the token endpoint, userinfo in all its forms."""

from collections.abc import Callable

import pytest

from pywry_auth.errors import TokenError
from pywry_auth.flow import AuthFlowManager
from pywry_auth.testing import Append, Conduct, Signing, Tamper
from pywry_auth.testing.answers import SUBJECT
from pywry_auth.testing.conformance import SECTIONS
from pywry_auth.testing.row import ConformanceRow


@pytest.mark.parametrize("row", SECTIONS["strict_id_token"], ids=lambda row: row.name)
def test_strict_id_token(row: ConformanceRow, holds: Callable[..., None]) -> None:
    holds(row)


@pytest.mark.parametrize("row", SECTIONS["token_answer"], ids=lambda row: row.name)
def test_token_answer(row: ConformanceRow, holds: Callable[..., None]) -> None:
    holds(row)


@pytest.mark.parametrize("row", SECTIONS["userinfo"], ids=lambda row: row.name)
def test_userinfo(row: ConformanceRow, holds: Callable[..., None]) -> None:
    holds(row)


def test_an_id_token_nobody_checks_is_used_for_nothing(party: Callable[..., object]) -> None:
    forged = Conduct(signing=Signing(tamper=Tamper.FLIPPED), id_token={"sub": Append("-forged")})
    rp = party(ConformanceRow("own-unchecked-id-token", forged), validates=False)
    result = rp.sign_in()
    assert result.tokens.origin.subject == SUBJECT
    assert "jwks" not in rp.calls()
    rp.must_behave()


def test_a_store_alone_gets_the_tokens_under_subject_and_issuer(
    party: Callable[..., object],
) -> None:
    rp = party(SECTIONS["basic"][0])
    manager = AuthFlowManager(rp.provider, rp.store)
    tokens = manager.run_native(show_window=rp.agent.show_window).tokens
    assert rp.stored() == {f"{SUBJECT}@{rp.issuer}": tokens}


def test_a_refused_sign_in_leaves_what_was_stored_before(party: Callable[..., object]) -> None:
    rp = party(SECTIONS["basic"][0])
    old = rp.sign_in().tokens
    rp.op.program(rp.mode, next(r for r in SECTIONS["basic"] if r.error is TokenError).conduct)
    with pytest.raises(TokenError):
        rp.sign_in()
    assert rp.stored() == {"default": old}
    rp.must_behave()
