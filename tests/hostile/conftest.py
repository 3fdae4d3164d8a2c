"""A programmable provider for the session, and relying parties that sign in at it."""

import logging
from collections.abc import Callable, Iterator

import pytest

from pywry_auth.testing import ProgrammableProvider
from pywry_auth.testing.row import ConformanceRow


@pytest.fixture(scope="session")
def op() -> Iterator[ProgrammableProvider]:
    with ProgrammableProvider() as provider:
        yield provider


@pytest.fixture
def party(op: ProgrammableProvider) -> Iterator[Callable[..., object]]:
    from tests.relying_party import Party

    opened: list[Party] = []

    def open_party(row: ConformanceRow, response_mode: str = "query", **more: float) -> Party:
        opened.append(Party(op, row, f"{row.name}.{response_mode}", response_mode, **more))
        return opened[-1]

    yield open_party
    for each in opened:
        each.close()


@pytest.fixture
def holds(party: Callable[..., object], caplog: pytest.LogCaptureFixture) -> Callable[..., None]:
    """Sign in at a row's provider, and hold the client to what the row says, in its logs too."""
    from tests.relying_party import must_hold

    def check(row: ConformanceRow, response_mode: str = "query", **more: bool) -> None:
        rp = party(row, response_mode, **more)
        with caplog.at_level(logging.DEBUG):
            must_hold(rp)
        said = "".join(f"{vars(record)}" for record in caplog.records)
        rp.must_not_be_said_in(caplog.text + said)

    return check
