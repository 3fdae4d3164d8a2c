"""A programmable provider for the session, and relying parties that sign in at it."""

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

    def open_party(row: ConformanceRow, response_mode: str = "query", **more: bool) -> Party:
        opened.append(Party(op, row, f"{row.name}.{response_mode}", response_mode, **more))
        return opened[-1]

    yield open_party
    for each in opened:
        each.close()


@pytest.fixture
def holds(party: Callable[..., object]) -> Callable[..., None]:
    """Sign in at a row's provider, and hold the client to what the row says."""
    from tests.relying_party import must_hold

    return lambda row, response_mode="query": must_hold(party(row, response_mode))
