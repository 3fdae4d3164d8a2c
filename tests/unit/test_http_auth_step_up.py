"""A resource that wants the person to sign in again, or more strongly (RFC 9470)."""

import asyncio
import threading
from dataclasses import replace

import pytest
from fakes.provider import ScriptedProvider
from resource_kit import FACES, Given, KeyedSession, Resource, in_threads

from pywry_auth.errors import AuthFlowCancelled
from pywry_auth.http_auth.step_up import MAX_REMEMBERED, StepUps
from pywry_auth.protocol.refusal import StepUpChallenge
from pywry_auth.runtime import LOOP, THREAD_NAME
from pywry_auth.testing.clock import VirtualClock
from pywry_auth.token_store import MemoryTokenStore


def wanting(words):
    error = 'error="insufficient_user_authentication"'
    return Given(401, {"WWW-Authenticate": f'Bearer realm="x", {error}, {words}'})


STRONGER = wanting('acr_values="urn:mfa urn:card"')


class Scene:
    """A resource that takes tokens of strong sign-ins only, and a person who can make one."""

    def __init__(self, face):
        self.face = face
        clock = VirtualClock()
        self.provider = ScriptedProvider(clock)
        self.session = KeyedSession(self.provider, MemoryTokenStore(), clock=clock)
        asyncio.run(self.session.save_tokens(self.provider.tokens()))
        self.strong = set()
        self.asked = []
        self.threads = set()
        self.api = Resource(self.answer)

    def answer(self, asked):
        return Given() if asked.authorization in self.strong else STRONGER

    def sign_in(self, challenge):
        """What an application does with ``AuthFlowManager.run_native``; it blocks."""
        self.asked.append(challenge)
        self.threads.add(threading.current_thread().name)
        tokens = self.provider.tokens()
        self.strong.add(f"Bearer {tokens.access_token}")
        asyncio.run(self.session.save_tokens(tokens))

    def client(self, on_step_up=None):
        return self.face(self.session, [self.api.origin], on_step_up=on_step_up)


@pytest.fixture(params=FACES)
def scene(request):
    scene = Scene(request.param)
    with scene.api:
        yield scene


def test_the_person_is_asked_and_the_request_repeated(scene):
    with scene.client(scene.sign_in) as client:
        answer = client.post(scene.api.url, b"order")
    assert answer.status == 200
    assert scene.asked == [StepUpChallenge(("urn:mfa", "urn:card"), None)]
    assert [asked.body for asked in scene.api.asked] == [b"order", b"order"]
    assert scene.provider.refreshed_with == []
    assert THREAD_NAME not in scene.threads


def test_without_anybody_to_ask_the_caller_reads_the_challenge(scene):
    with scene.client() as client:
        answer = client.get(scene.api.url)
    assert answer.status == 401
    header = answer.headers.get("WWW-Authenticate", "")
    assert StepUpChallenge.read(header) == StepUpChallenge(("urn:mfa", "urn:card"), None)
    assert scene.provider.refreshed_with == []
    assert len(scene.api.asked) == 1


def test_many_requests_at_once_ask_once(scene):
    with scene.client(scene.sign_in) as client:
        answers = client.many([f"{scene.api.url}/{n}" for n in range(20)])
    assert [answer.status for answer in answers] == [200] * 20
    assert len(scene.asked) == 1


def test_a_person_who_signs_in_no_more_strongly_is_asked_once(scene):
    def weakly(challenge):
        scene.sign_in(challenge)
        scene.strong.clear()

    with scene.client(weakly) as client:
        assert client.get(scene.api.url).status == 401
    assert len(scene.asked) == 1
    assert len(scene.api.asked) == 2


def test_a_person_who_does_nothing_has_the_request_refused(scene):
    with scene.client(scene.asked.append) as client:
        assert client.get(scene.api.url).status == 401
    assert len(scene.asked) == len(scene.api.asked) == 1


def test_what_the_application_raises_reaches_the_caller(scene):
    def cancel(_):
        raise AuthFlowCancelled("the window was closed")

    with scene.client(cancel) as client, pytest.raises(AuthFlowCancelled, match="was closed"):
        client.get(scene.api.url)


def test_a_request_made_while_asking_does_not_wait_for_itself(scene):
    meanwhile = []

    def ask(challenge):
        meanwhile.append(client.get(scene.api.url).status)
        scene.sign_in(challenge)

    with scene.client(ask) as client:
        assert client.get(scene.api.url).status == 200
    assert meanwhile == [401]


def test_an_ended_token_is_renewed_first_and_the_person_asked_after(scene):
    def answer(asked):
        if asked.authorization == "Bearer access-1":
            return Given(401, {"WWW-Authenticate": 'Bearer error="invalid_token"'})
        return scene.answer(asked)

    scene.api.answer = answer
    with scene.client(scene.sign_in) as client:
        assert client.get(scene.api.url).status == 200
    assert scene.api.tokens == ["Bearer access-1", "Bearer access-2", "Bearer access-3"]
    assert scene.provider.refreshed_with == ["refresh-1"]


def test_a_generator_is_not_repeated_but_the_person_is_asked_for_the_next_time(scene):
    with scene.client(scene.sign_in) as client:
        assert client.post(scene.api.url, iter([b"x"])).status == 401
        assert client.post(scene.api.url, iter([b"x"])).status == 200
    assert len(scene.asked) == 1


# One at a time


class Person:
    """Answers when told to."""

    def __init__(self):
        self.asked, self.may_answer = [], threading.Event()
        self.begun = threading.Event()
        self.at_once = self.most = 0

    def __call__(self, challenge):
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        self.asked.append(challenge)
        self.begun.set()
        assert self.may_answer.wait(10)
        self.at_once -= 1


def meeting(step_ups, *challenges, since=0):
    """Start to meet *challenges*, all at once, as if from as many requests."""

    async def all_of_them():
        return await asyncio.gather(
            *(step_ups.meet(challenge, since=since) for challenge in challenges)
        )

    return LOOP.submit(all_of_them())


CARD, PHONE = StepUpChallenge(("card",)), StepUpChallenge(("phone",))


def test_different_challenges_are_met_one_after_another():
    person = Person()
    step_ups = StepUps(person)
    met = meeting(step_ups, CARD, PHONE, CARD, replace(CARD, max_age=1), PHONE)
    assert person.begun.wait(10)
    person.may_answer.set()
    met.result(10)
    assert sorted(map(repr, person.asked)) == sorted(
        map(repr, [CARD, PHONE, replace(CARD, max_age=1)])
    )
    assert person.most == 1


def test_who_sent_an_older_token_does_not_ask_again():
    person = Person()
    person.may_answer.set()
    step_ups = StepUps(person)
    before = step_ups.ended
    meeting(step_ups, CARD).result(10)
    meeting(step_ups, CARD, since=before).result(10)
    assert person.asked == [CARD]
    meeting(step_ups, PHONE, since=before).result(10)
    meeting(step_ups, CARD, since=step_ups.ended).result(10)
    assert person.asked == [CARD, PHONE, CARD]


def test_a_request_that_is_given_up_leaves_the_others_waiting():
    person = Person()
    step_ups = StepUps(person)
    given_up, other = meeting(step_ups, CARD), meeting(step_ups, CARD)
    assert person.begun.wait(10)
    given_up.cancel()
    person.may_answer.set()
    other.result(10)
    assert person.asked == [CARD]


def test_endless_challenges_are_not_remembered():
    person = Person()
    person.may_answer.set()
    step_ups = StepUps(person)
    for number in range(3 * MAX_REMEMBERED):
        meeting(step_ups, StepUpChallenge((str(number),))).result(10)
    assert len(step_ups._met) == MAX_REMEMBERED


def test_failures_are_shared_and_the_next_request_asks_again():
    tries = []

    def fail(challenge):
        tries.append(challenge)
        raise AuthFlowCancelled("no")

    step_ups = StepUps(fail)

    def meet(_):
        LOOP.run(step_ups.meet(CARD, since=step_ups.ended))

    found = in_threads(meet, range(5))
    assert {type(one) for one in found} == {AuthFlowCancelled}
    assert isinstance(in_threads(meet, [0])[0], AuthFlowCancelled)
    assert 2 <= len(tries) <= 6
    assert step_ups.ended == 0
