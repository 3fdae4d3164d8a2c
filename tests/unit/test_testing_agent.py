"""The headless agent and the table of rows, by themselves."""

import time
from collections.abc import Iterator

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from pywry_auth.testing import (
    ClientAuthMethod,
    Conduct,
    HeadlessAgent,
    ProgrammableProvider,
    Registration,
)
from pywry_auth.testing.assertion import CLIENT_ASSERTION_TYPE, assertion_problems, client_key_pem
from pywry_auth.testing.conformance import SECTIONS
from pywry_auth.testing.pages import form_post_page
from pywry_auth.testing.row import ORDER, ConformanceRow


ALL = [row for rows in SECTIONS.values() for row in rows]
NOW = 1_800_000_000


@pytest.fixture
def op() -> Iterator[ProgrammableProvider]:
    with ProgrammableProvider() as provider:
        yield provider


def authorize_url(op: ProgrammableProvider, **changes: str) -> str:
    issuer = op.add("agent")
    params = {
        "response_type": "code",
        "client_id": "rp-client",
        "redirect_uri": f"{op.base_url}/agent/callback",
        "scope": "openid",
        "state": "s" * 43,
        "nonce": "n" * 43,
        "code_challenge": "c" * 43,
        "code_challenge_method": "S256",
    }
    return str(httpx.URL(f"{issuer}/authorize", params=params | changes))


def test_the_agent_follows_the_redirect(op: ProgrammableProvider) -> None:
    agent = HeadlessAgent()
    label = agent.show_window(authorize_url(op), {"title": "Sign In"})
    agent.join()
    agent.close_window(label)
    assert op.calls("agent") == ["authorize", "other:/callback"]
    assert op.requests("agent")[1].params["state"] == "s" * 43
    assert [page.status for page in agent.pages] == [302, 404]
    assert agent.closed == [label]


def test_the_agent_posts_the_form(op: ProgrammableProvider) -> None:
    agent = HeadlessAgent()
    agent.walk(authorize_url(op, response_mode="form_post"))
    posted = op.requests("agent")[1]
    assert (posted.method, posted.query) == ("POST", ())
    assert dict(posted.form)["state"] == "s" * 43
    assert dict(posted.form)["code"].startswith("code-")


def test_the_agent_prints_no_code(op: ProgrammableProvider) -> None:
    agent = HeadlessAgent()
    agent.walk(authorize_url(op))
    code = op.requests("agent")[1].params["code"]
    assert code not in repr(agent.pages)


def test_the_agent_gives_up_where_nobody_answers(op: ProgrammableProvider) -> None:
    agent = HeadlessAgent()
    address = op.base_url
    op.stop()
    assert agent.load("GET", address) is None


def test_the_form_page_escapes_what_it_carries() -> None:
    page = form_post_page("http://127.0.0.1:1/callback", [("error", '"><script>')])
    assert "<script>" not in page


def test_row_names_are_unique_in_their_section() -> None:
    for rows in SECTIONS.values():
        assert len({row.name for row in rows}) == len(rows)


def test_a_refused_row_changes_something_and_ends_somewhere() -> None:
    for row in ALL:
        assert row.last in ORDER
        if row.error is None:
            assert row.last == "userinfo", row.name
        else:
            plain = Conduct(row.conduct.client)
            assert row != ConformanceRow(row.name, plain, row.error, row.last), row.name


def assertion(**changes: object) -> dict[str, str]:
    claims = {
        "iss": "rp-client",
        "sub": "rp-client",
        "aud": "http://op",
        "exp": NOW + 60,
        "jti": "j" * 43,
    } | changes
    key = ECKey.import_key(client_key_pem())
    return {
        "client_assertion_type": CLIENT_ASSERTION_TYPE,
        "client_assertion": jwt.encode({"alg": "ES256"}, claims, key),
    }


def test_a_correct_client_assertion_is_accepted() -> None:
    assert assertion_problems(assertion(), client_id="rp-client", issuer="http://op", now=NOW) == []


@pytest.mark.parametrize(
    "form",
    [
        {},
        assertion() | {"client_assertion_type": "x"},
        assertion() | {"client_assertion": "a.b.c"},
        assertion() | {"client_secret": "x"},
        assertion(aud="http://op/token"),
        assertion(aud=["http://op"]),
        assertion(sub="other"),
        assertion(exp=NOW - 1),
        assertion(exp=NOW + 86_400),
        assertion(jti="1"),
    ],
)
def test_a_wrong_client_assertion_is_refused(form: dict[str, str]) -> None:
    assert assertion_problems(form, client_id="rp-client", issuer="http://op", now=NOW)


def test_a_client_assertion_is_used_once(op: ProgrammableProvider) -> None:
    client = Registration(auth=ClientAuthMethod.PRIVATE_KEY_JWT)
    issuer = op.add("pkjwt", Conduct(client))
    form = assertion(aud=issuer, exp=int(time.time()) + 60)
    for _ in range(2):
        httpx.post(f"{issuer}/token", data={"grant_type": "none", **form}, trust_env=False)
    assert op.violations("pkjwt")[-1] == "token: jti was used before"
