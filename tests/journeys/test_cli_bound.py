"""Tokens bound to a key, at the command line: real processes, a real keyring."""

import json

import pytest

from pywry_auth.testing import Binding, Conduct, ProgrammableProvider, Proofs, Put, RefreshPolicy
from tests import keyring_env


pytestmark = [
    pytest.mark.keyring,
    pytest.mark.skipif(bool(keyring_env.lacks()), reason=keyring_env.lacks()),
]

BOUND = Conduct(
    device={"interval": Put(1)},
    refresh=RefreshPolicy.ROTATE,
    token={"expires_in": Put(3600)},
    proofs=Proofs(Binding.REQUIRED),
)
KEY, ENTRY = "work/248289761001", "work/248289761001#dpop"


@pytest.fixture(scope="module")
def op():
    with ProgrammableProvider() as provider:
        yield provider


def signed_in(shell, issuer):
    shell.configure(
        f'[providers.work]\nissuer_url = "{issuer}"\nclient_id = "rp-client"\n'
        'scopes = "openid email"\ndpop = "required"\n'
    )
    ended = shell("login", "work", "--device")
    assert ended.code == 0, ended.err
    assert "signed in as janedoe@example.com at work" in ended.out
    return shell


def test_a_bound_token_is_renewed_used_and_revoked_with_its_key(shell, op):
    signed_in(shell, op.add("life", BOUND))
    first, key = shell.stored(KEY), shell.stored(ENTRY)
    assert first.token_type == "DPoP"
    assert json.loads(key.access_token)["kty"]
    shell.expire(KEY)
    ended = shell("token", "work", "--json")
    assert ended.code == 0, ended.err
    assert ended.json["access_token"] != first.access_token
    assert shell.stored(ENTRY).access_token == key.access_token
    ended = shell("whoami", "work", "--json")
    assert ended.code == 0, ended.err
    assert ended.json["userinfo"]["sub"] == "248289761001"
    ended = shell("logout", "work", "--json")
    assert ended.json["signed_out"][0]["revoked"] is True
    assert op.violations("life") == []
    assert shell.stored(ENTRY) is None


def test_who_prints_a_bound_token_is_told_that_it_is_of_no_use_alone(shell, op):
    signed_in(shell, op.add("told", BOUND))
    ended = shell("token", "work")
    assert ended.out.strip() == shell.stored(KEY).access_token
    assert "bound to a key" in ended.err
    assert shell("token", "work", "--json").json["token_type"] == "DPoP"


def test_a_bound_sign_in_that_nobody_can_revoke_any_more_leaves_no_key(shell, op):
    signed_in(shell, op.add("left", BOUND))
    shell.configure('[providers.work]\nissuer_url = "https://moved.example"\nclient_id = "x"\n')
    ended = shell("logout", "work")
    assert ended.code == 0, ended.err
    assert shell.stored(KEY) is None
    assert shell.stored(ENTRY) is None
