"""What journeys through windows share."""

from collections.abc import Iterator

import pytest

from tests.screen import Screen


@pytest.fixture(scope="module")
def screen() -> Iterator[Screen]:
    with Screen() as screen:
        yield screen


@pytest.fixture(params=["qt", "gtk"])
def gui(request: pytest.FixtureRequest) -> str:
    return request.param
