"""An application that signs in, asks a resource, and signs in more strongly when it must."""

import threading

import pytest

from pywry_auth import SignInOptions
from pywry_auth.protocol.step_up import claims_of
from tests.resource_kit import FACES
from tests.resource_party import started


@pytest.fixture
def application():
    with started() as application:
        yield application


@pytest.mark.parametrize("face", FACES)
def test_a_stronger_sign_in_is_made_once_and_the_requests_go_on(application, face):
    threads = []

    def ask_person(wanted):
        threads.append(threading.current_thread())
        stronger = SignInOptions(acr_values=wanted.acr_values, max_age=wanted.max_age)
        application.run_native(options=stronger)

    origins = [application.api.origin]
    with face(application.session, origins, on_step_up=ask_person) as client:
        assert client.get(application.api.url).status == 200
        application.needed = "urn:example:gold"
        answers = client.many([application.api.url] * 5)
    assert [answer.status for answer in answers] == [200] * 5
    assert len(application.agents) == 2
    assert claims_of(application.session.tokens.id_token)["acr"] == "urn:example:gold"
    assert threading.main_thread() not in threads
