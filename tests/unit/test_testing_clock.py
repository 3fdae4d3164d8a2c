"""The virtual clock, with the package's own waiting going by it."""

import asyncio
import threading
import time
from collections.abc import Iterator

import pytest

from pywry_auth.errors import RefreshTransportError
from pywry_auth.runtime import LOOP
from pywry_auth.testing import (
    USUAL,
    Conduct,
    IdentityProvider,
    ProgrammableProvider,
    RefreshPolicy,
    Reply,
    SignedIn,
    sign_in,
)
from pywry_auth.testing.clock import START, VirtualClock
from pywry_auth.testing.virtual_loop import driving, on_package_loop, pass_time


@pytest.fixture
def clock() -> Iterator[VirtualClock]:
    with driving(VirtualClock()) as clock:
        yield clock


@pytest.fixture
def op(clock: VirtualClock) -> Iterator[ProgrammableProvider]:
    with ProgrammableProvider(clock=clock) as provider:
        yield provider


def signed_in(op: ProgrammableProvider, clock: VirtualClock, conduct: Conduct = USUAL) -> SignedIn:
    return sign_in(IdentityProvider(op, "mine", conduct, clock=clock))


def test_an_hour_passes_at_once_and_the_token_was_renewed_in_it(
    op: ProgrammableProvider, clock: VirtualClock
) -> None:
    app = signed_in(op, clock)
    first = app.access_token()
    began = time.monotonic()
    clock.advance(3600)
    assert app.session.tokens is not None
    assert app.session.tokens.access_token != first
    assert op.calls("mine").count("token") == 2
    assert op.violations("mine") == []
    assert time.monotonic() - began < 60
    app.close()


def test_a_day_holds_its_renewals_each_at_its_own_time(
    op: ProgrammableProvider, clock: VirtualClock
) -> None:
    app = signed_in(op, clock)
    clock.advance(24 * 3600)
    renewals = op.calls("mine").count("token") - 1
    assert 24 <= renewals <= 26
    assert app.session.tokens is not None
    assert clock.now() == pytest.approx(START + 24 * 3600)
    app.close()


def test_an_async_test_lets_time_pass_between_two_awaits(
    op: ProgrammableProvider, clock: VirtualClock
) -> None:
    app = signed_in(op, clock)

    async def scenario() -> None:
        first = await app.session.get_access_token()
        clock.advance(3600)
        assert await app.session.get_access_token() != first

    asyncio.run(scenario())
    app.close()


def test_a_machine_that_sleeps_renews_when_it_wakes(
    op: ProgrammableProvider, clock: VirtualClock
) -> None:
    app = signed_in(op, clock)
    clock.sleep_machine(8 * 3600)
    assert op.calls("mine").count("token") == 1
    clock.advance(60)
    assert op.calls("mine").count("token") == 2
    app.close()


def test_a_server_that_never_answers_is_given_up_in_virtual_time(
    op: ProgrammableProvider, clock: VirtualClock
) -> None:
    app = signed_in(op, clock)
    op.program("mine", Conduct(refresh=RefreshPolicy.ROTATE, delays={"refresh": 3600}))
    caught: list[BaseException] = []

    def renew() -> None:
        with pytest.raises(RefreshTransportError) as seen:
            app.renew()
        caught.append(seen.value)

    renewing = threading.Thread(target=renew)
    renewing.start()
    assert op.wait_for("mine", "token", times=2)
    clock.advance(120)
    renewing.join(10)
    assert caught
    op.program("mine", USUAL)
    app.close()


def test_time_stands_still_while_nobody_moves_it(
    op: ProgrammableProvider, clock: VirtualClock
) -> None:
    conduct = Conduct(life=3600, replies={"refresh": Reply(503)})
    app = signed_in(op, clock, conduct)
    time.sleep(0.05)
    assert clock.now() == START
    assert op.calls("mine").count("token") == 1
    app.close()


def test_the_package_has_its_own_loop_back_afterwards() -> None:
    async def where() -> float:
        return asyncio.get_running_loop().time()

    async def virtual() -> float:
        return await LOOP.visit(where())

    with driving(VirtualClock()) as clock:
        assert asyncio.run(virtual()) == clock.monotonic()
        clock.advance(5)
        assert asyncio.run(virtual()) == clock.monotonic()
    before = asyncio.run(virtual())
    assert before != clock.monotonic()
    clock.advance(1)  # nobody is driven any more


def test_advance_on_the_loop_itself_only_moves() -> None:
    with driving(VirtualClock()) as clock:

        async def move() -> None:
            clock.advance(7)

        LOOP.run(move())
        assert clock.now() == START + 7


def test_on_the_loop_time_passes_in_steps() -> None:
    clock = VirtualClock()
    rung: list[float] = []

    async def scenario() -> None:
        asyncio.get_running_loop().call_later(12, lambda: rung.append(clock.now() - START))
        await pass_time(clock, 10)
        assert rung == []
        await pass_time(clock, 10)

    on_package_loop(scenario, clock)
    assert rung == [15.0]


def test_time_flows_by_itself_until_it_is_enough() -> None:
    clock = VirtualClock()
    with clock.flowing(10.0):
        while clock.now() < START + 100:
            time.sleep(0.001)
    stopped = clock.now()
    time.sleep(0.01)
    assert clock.now() == stopped


def test_a_jump_moves_the_wall_alone() -> None:
    clock = VirtualClock(100.0)
    still = clock.monotonic()
    clock.jump(-40)
    assert (clock.now(), clock.monotonic()) == (60.0, still)
    clock.move(1)
    assert (clock.now(), clock.monotonic()) == (61.0, still + 1)
