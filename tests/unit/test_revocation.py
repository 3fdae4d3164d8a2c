"""RFC 7009, both ways."""

from urllib.parse import parse_qsl

import pytest
from fakes.wire import reply

from pywry_auth.protocol.client_auth import SecretBasic
from pywry_auth.protocol.revocation import is_revoked, revocation_request


def test_the_token_goes_with_its_kind_and_the_client_s_proof():
    proof = SecretBasic("me", "s").proof(audience="x", now=0)
    request = revocation_request(
        "https://op.example/revoke", proof=proof, token="t", token_type_hint="refresh_token"
    )
    assert dict(parse_qsl(request.body.decode())) == {
        "token": "t",
        "token_type_hint": "refresh_token",
    }
    assert request.headers["authorization"].startswith("Basic ")
    assert request.method == "POST"


@pytest.mark.parametrize(
    ("status", "revoked"), [(200, True), (400, False), (401, False), (503, False)]
)
def test_200_is_success_also_for_an_unknown_token(status, revoked):
    assert is_revoked(reply(b"", status)) is revoked
