"""The programmable provider's sign-out page, registration, introspection: what they refuse."""

import json
from urllib.parse import urlencode

import httpx
import pytest

from pywry_auth.testing import Conduct, Drop, ProgrammableProvider, Registration, Reply


BACK = "http://127.0.0.1:9/logged-out"
MODE = "one"


@pytest.fixture
def op():
    with ProgrammableProvider() as provider:
        provider.add(MODE)
        yield provider


def leave(op, **params):
    url = f"{op.base_url}/{MODE}/logout?{urlencode(params)}"
    return httpx.get(url, trust_env=False, follow_redirects=False)


def post(op, path, **more):
    return httpx.post(f"{op.base_url}/{MODE}/{path}", trust_env=False, **more)


def test_who_signs_out_correctly_comes_back_with_the_state(op):
    answer = leave(op, client_id="rp-client", post_logout_redirect_uri=BACK, state="s" * 43)
    assert (answer.status_code, answer.headers["location"]) == (302, f"{BACK}?state={'s' * 43}")
    assert leave(op, client_id="rp-client").status_code == 200
    assert op.violations(MODE) == []


@pytest.mark.parametrize(
    "params",
    [
        {"client_id": "somebody"},
        {"client_id": "rp-client", "id_token_hint": "made.up.token"},
        {"client_id": "rp-client", "post_logout_redirect_uri": BACK},
        {"client_id": "rp-client", "state": "s"},
        {"client_id": "rp-client", "post_logout_redirect_uri": "https://x.example/", "state": "s"},
        {"client_id": "rp-client", "access_token": "t"},
    ],
    ids=["client", "hint", "no-state", "no-uri", "uri", "token"],
)
def test_a_wrong_sign_out_is_a_violation(op, params):
    assert leave(op, **params).status_code == 400
    assert op.violations(MODE)


def test_a_state_is_used_once(op):
    asked = {"client_id": "rp-client", "post_logout_redirect_uri": BACK, "state": "s" * 43}
    leave(op, **asked)
    assert leave(op, **asked).status_code == 400
    assert op.violations(MODE) == ["logout: state was used before"]


def test_a_registration_gives_a_client_that_counts_from_then_on(op):
    asked = {"redirect_uris": ["http://127.0.0.1/callback"], "application_type": "native"}
    answer = post(op, "register", json=asked)
    assert answer.status_code == 201
    made = answer.json()
    assert made["client_id"].startswith("dyn-")
    assert "client_secret" not in made
    form = {"token": "t", "client_id": made["client_id"]}
    assert post(op, "introspect", data=form).json() == {"active": False}
    assert post(op, "introspect", data={**form, "client_id": "rp-client"}).status_code == 400
    where = made["registration_client_uri"]
    head = {"Authorization": f"Bearer {made['registration_access_token']}"}
    assert httpx.get(where, headers=head, trust_env=False).status_code == 405
    assert httpx.delete(where, headers={}, trust_env=False).status_code == 401
    assert httpx.delete(where, headers=head, trust_env=False).status_code == 204
    assert httpx.delete(where, headers=head, trust_env=False).status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        {},
        {"redirect_uris": [], "application_type": "native"},
        {"redirect_uris": ["https://app.example/cb"], "application_type": "native"},
        {"redirect_uris": ["http://127.0.0.1/cb"], "application_type": "web"},
        {
            "redirect_uris": ["http://127.0.0.1/cb"],
            "application_type": "native",
            "token_endpoint_auth_method": "magic",
        },
    ],
    ids=str,
)
def test_a_wrong_registration_is_a_violation(op, body):
    text = body if isinstance(body, str) else json.dumps(body)
    answer = post(op, "register", content=text, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert op.violations(MODE)


def test_introspection_wants_the_client(op):
    op.add(MODE, Conduct(Registration("confidential", "s3cret")))
    assert post(op, "introspect", data={"token": "t"}).status_code == 400
    assert op.violations(MODE)


def test_answers_change_as_the_conduct_says():
    with ProgrammableProvider() as op:
        op.add(MODE, Conduct(introspection={"active": Drop()}, replies={"register": Reply(503)}))
        form = {"token": "t", "client_id": "rp-client"}
        assert post(op, "introspect", data=form).json() == {}
        asked = {"redirect_uris": ["http://127.0.0.1/callback"], "application_type": "native"}
        assert post(op, "register", json=asked).status_code == 503
        assert post(op, "introspect", data=form).status_code == 200  # nobody registered
