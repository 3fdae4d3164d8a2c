"""One stored sign-in, used by a person's application as well as by a program without a window."""

import threading
from dataclasses import replace

import httpx
import pytest

from pywry_auth.errors import ReauthRequiredError
from pywry_auth.grants import StoredTokenAuth, TokenManager
from pywry_auth.runtime import LOOP
from pywry_auth.testing import ProgrammableProvider, RefreshPolicy
from pywry_auth.testing.conduct import USUAL
from pywry_auth.testing.identity_provider import IdentityProvider
from pywry_auth.testing.signed_in import sign_in
from pywry_auth.token_store import JsonFileTokenStore


STRICT = replace(USUAL, refresh=RefreshPolicy.DETECT_REUSE)


@pytest.fixture
def provider():
    with ProgrammableProvider() as server:
        yield IdentityProvider(server, "shared", STRICT)


@pytest.fixture
def person(provider, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    signed_in = sign_in(provider, store=JsonFileTokenStore(tmp_path / "tokens.json"))
    yield signed_in
    signed_in.close()


@pytest.fixture
def program(provider, person):
    with httpx.Client() as http:
        yield TokenManager(
            StoredTokenAuth(provider.client_id),
            http=http,
            token_url=f"{provider.issuer_url}/token",
            issuer=provider.issuer_url,
            store=JsonFileTokenStore(person.store.path),
        )


def test_a_program_uses_what_a_person_signed_in(program, person, provider):
    asked = len(provider.calls)
    assert program.authorization_header() == f"Bearer {person.access_token()}"
    assert len(provider.calls) == asked


def test_who_renews_at_once_makes_one_request(program, person, provider):
    old = person.access_token()
    program.authorization_header()
    asked = provider.calls.count("token")
    found = []
    renewing = threading.Thread(
        target=lambda: found.append(program.force_refresh(rejected=old)),
    )
    renewing.start()
    renewed = LOOP.run(person.session.renew_rejected(old))
    renewing.join()
    assert found == [f"Bearer {renewed.access_token}"]
    assert provider.calls.count("token") == asked + 1
    assert provider.violations == []


def test_each_goes_on_with_what_the_other_renewed(program, person, provider):
    program.authorization_header()
    first = program.force_refresh()
    assert person.renew().access_token in first  # it is there already: nobody is asked
    assert person.renew().access_token not in first
    assert program.force_refresh() != first
    assert person.access_token()
    assert provider.violations == []
    assert program.tokens.id_token == person.session.tokens.id_token  # the person's is not lost


def test_a_person_who_signs_out_takes_the_program_along(program, person, provider):
    program.authorization_header()
    LOOP.run(person.session.logout(revoke=True))
    asked = len(provider.calls)
    with pytest.raises(ReauthRequiredError, match="without a person"):
        program.force_refresh()
    assert len(provider.calls) == asked
