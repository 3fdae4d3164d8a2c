"""A sign-in that must prove more, with a provider that proves less."""

from collections.abc import Callable

import pytest

from pywry_auth.errors import StepUpError
from pywry_auth.flow import SignInOptions
from pywry_auth.testing import Append, Conduct
from pywry_auth.testing.conformance import SECTIONS
from pywry_auth.testing.demands import Pushing
from pywry_auth.testing.row import ConformanceRow


@pytest.mark.parametrize("row", SECTIONS["step_up"], ids=lambda row: row.name)
def test_step_up(row: ConformanceRow, holds: Callable[..., None]) -> None:
    holds(row)


def test_what_was_asked_reaches_the_provider(party: Callable[..., object]) -> None:
    row = ConformanceRow(
        "own-step-up-request",
        Conduct(),
        options=SignInOptions(
            scopes=["openid", "mail"],
            acr_values=["urn:example:gold", "urn:example:silver"],
            max_age=300,
            prompt="login",
            login_hint="jane",
        ),
    )
    rp = party(row)
    result = rp.sign_in()
    sent = next(s for s in rp.op.requests(rp.mode) if s.endpoint == "authorize").params
    wanted = {
        "scope": "openid mail",
        "acr_values": "urn:example:gold urn:example:silver",
        "max_age": "300",
        "prompt": "login",
        "login_hint": "jane",
    }
    assert {name: sent[name] for name in wanted} == wanted
    assert result.scopes.denied == ()
    rp.must_behave()


@pytest.mark.parametrize(
    "options",
    [SignInOptions(scopes=["openid", "mail"]), SignInOptions(max_age=60)],
    ids=["scopes", "max_age"],
)
def test_a_step_up_as_somebody_else_leaves_the_session_as_it_was(
    party: Callable[..., object], options: SignInOptions
) -> None:
    rp = party(ConformanceRow("own-step-up-other-person", Conduct()))
    first = rp.sign_in().tokens
    rp.op.program(rp.mode, Conduct(id_token={"sub": Append()}))
    rp.row = ConformanceRow("own-step-up-other-person", Conduct(), options=options)
    with pytest.raises(StepUpError, match="somebody else"):
        rp.sign_in()
    rp.must_be_silent()
    assert rp.stored() == {"default": first}
    assert rp.calls().count("userinfo") == 1
    rp.must_behave()


def test_asking_for_more_asks_for_all_that_was_granted(party: Callable[..., object]) -> None:
    rp = party(ConformanceRow("own-incremental", Conduct(), scopes=("openid", "email")))
    rp.sign_in()
    rp.row = ConformanceRow("own-incremental", Conduct(), options=SignInOptions(scopes=["phone"]))
    result = rp.sign_in()
    sent = [s.params["scope"] for s in rp.op.requests(rp.mode) if s.endpoint == "authorize"]
    assert sent == ["openid email", "openid email phone"]
    assert result.tokens.scopes == ("openid", "email", "phone")
    assert set(result.user_info) >= {"email", "phone_number"}
    rp.must_behave()


def test_what_was_asked_is_handed_over_where_requests_are(party: Callable[..., object]) -> None:
    options = SignInOptions(acr_values=["urn:example:gold"], max_age=60, scopes=["openid", "mail"])
    conduct = Conduct(pushing=Pushing.REQUIRED)
    rp = party(ConformanceRow("own-step-up-pushed", conduct, options=options))
    assert rp.sign_in().success
    seen = rp.op.requests(rp.mode)
    shown = next(s for s in seen if s.endpoint == "authorize").params
    assert set(shown) == {"client_id", "request_uri"}
    pushed = next(s for s in seen if s.endpoint == "par").params
    assert (pushed["acr_values"], pushed["max_age"]) == ("urn:example:gold", "60")
    assert pushed["scope"] == "openid mail"
    rp.must_behave()
