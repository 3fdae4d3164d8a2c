"""A person at each toolkit's button, with everything behind it as in a real application."""

import pytest

from tests.journeys.button_scenes import HostProcess
from tests.screen import missing_tools


pytestmark = [
    pytest.mark.window,
    pytest.mark.skipif(bool(missing_tools()), reason=f"not installed: {missing_tools()}"),
]


def states_until(host, state):
    """Wait until the button shows *state*; give what it showed up to then."""
    shown = [host.hear("state")]
    while shown[-1]["state"] != state:
        shown.append(host.hear("state"))
    return shown


@pytest.mark.parametrize("kind", ["tk", "qt"])
def test_a_press_signs_in_and_the_menu_signs_out(screen, tmp_path, kind):
    with HostProcess("button_desk.py", screen, kind=kind, folder=str(tmp_path)) as host:
        screen.window("Notes")
        host.hear("focused")
        screen.press("space")
        shown = states_until(host, "signed_in")
        assert shown[-1]["label"] == "Ada Lovelace"
        assert {each["state"] for each in shown[:-1]} <= {"opening", "waiting"}
        screen.press("Down", "Up", "Return")
        states_until(host, "signed_out")
    assert host.hear("ended") == {"ended": True}
    assert host.process.returncode == 0
