"""Taking up a stored session loads next to nothing, so that an application starts at once."""

import json
import subprocess
import sys

import pytest


START = """
import json, sys, time
from pywry_auth import DesktopAuth, GenericOIDCProvider, JsonFileTokenStore, OAuthTokenSet
from pywry_auth.account_index import Account, AccountIndex
from pywry_auth.desktop.naming import Places
from pywry_auth.tokens import TokenOrigin

life = float(sys.argv[2])
store = JsonFileTokenStore(sys.argv[1])
account = Account("oidc", "248289761001", "alice@example.com", time.time())
origin = TokenOrigin("https://id.example.com", "desktop", account.subject)
store.slot(account.key).save(OAuthTokenSet("access", expires_in=life, origin=origin))
AccountIndex(Places("acme-notes").accounts).remember(account)
provider = GenericOIDCProvider("desktop", issuer_url="https://id.example.com")
auth = DesktopAuth("Acme Notes", provider, store=store)
found = auth.silent(0)
print(json.dumps({"account": found and found.key, "modules": sorted(sys.modules)}))
"""
HEAVY = {"asyncio", "cryptography", "gettext", "httpx", "joserfc", "pydantic", "ssl", "webview"}
UNNEEDED = {
    "pywry_auth.coach.values",
    "pywry_auth.desktop.picture",
    "pywry_auth.flow.manager",
    "pywry_auth.protocol.authorization",
    "pywry_auth.protocol.client_auth",
    "pywry_auth.protocol.device",
    "pywry_auth.protocol.dpop",
    "pywry_auth.session.manager",
    "pywry_auth.ui.texts",
}


@pytest.fixture
def start(tmp_path):
    def run(life):
        done = subprocess.run(
            [sys.executable, "-c", START, str(tmp_path / "tokens.json"), str(life)],
            env={"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data")},
            capture_output=True,
            text=True,
            check=True,
        )
        return json.loads(done.stdout)

    return run


def test_valid_tokens_are_taken_up_without_what_a_sign_in_needs(start):
    found = start(3600)
    assert found["account"] == "oidc/248289761001"
    assert set(found["modules"]) & (HEAVY | UNNEEDED) == set()


def test_what_a_renewal_needs_is_loaded_with_it(start):
    found = start(0)
    assert found["account"] is None
    assert {"asyncio", "pywry_auth.session.manager"} <= set(found["modules"])
