"""What journeys through windows share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import keyring_env
from tests.cli_kit import Shell
from tests.screen import Screen


@pytest.fixture(scope="module")
def screen() -> Iterator[Screen]:
    with Screen() as screen:
        yield screen


@pytest.fixture(scope="module")
def session() -> Iterator[dict[str, str]]:
    """Give the environment of a desktop with a keyring of its own."""
    with keyring_env.private_keyring() as env:
        yield env


@pytest.fixture
def new_shell(session: dict[str, str], tmp_path: Path) -> Iterator[Shell]:
    """Give a terminal of that desktop in which nobody has done anything yet."""
    own = {"XDG_CONFIG_HOME": str(tmp_path / "config"), "XDG_DATA_HOME": str(tmp_path / "data")}
    shell = Shell(tmp_path, session | own)
    yield shell
    shell.leave()
    with keyring_env.in_environment(session):
        keyring_env.wipe("pywry-auth:cli")


@pytest.fixture
def shell(new_shell: Shell) -> Shell:
    return new_shell


@pytest.fixture(params=["qt", "gtk"])
def gui(request: pytest.FixtureRequest) -> str:
    return request.param
